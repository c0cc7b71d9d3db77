// Turns the envelopes into precompiled Handlebars templates and the guest files into constants, full, light and packed, so that
// at run time nothing is read from disk, no template is compiled and nothing that never changes is deflated. Run by
// `npm run generate`.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { digestsOf, joinDoctor } from './doctor.mjs'
import { gzip, zlib } from './pack.mjs'
import { IMAGE, PACKS, PLACES, READERS, segments } from './packs.mjs'
import { strip } from './strip.mjs'

const here = new URL('../../userdata-templates/', import.meta.url)
const read = (folder, name) => readFileSync(new URL(`${folder}/${name}`, here), 'utf8')
const list = folder => readdirSync(new URL(folder, here)).sort()
const camel = name => name.replace(/\.[a-z.]+$/, '').replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())
const constant = (name, value, type = 'string') =>
  `export const ${name}: ${type} = ${JSON.stringify(value, undefined, 2)}\n`
const texts = (name, value) => constant(name, value, 'Readonly<Record<string, string>>')
const write = (name, ...parts) =>
  writeFileSync(new URL(`generated/${name}`, here), `// Made by src/build/templates.mjs.\n${parts.join('')}`)
/** An object of the same keys, of what `make` gives for each. */
const mapped = async (object, make) =>
  Object.fromEntries(
    await Promise.all(Object.entries(object).map(async ([key, value]) => [key, await make(value, key)])),
  )

const envelopes = list('envelopes')
  .filter(name => /\.(?:sh|service|yaml)\.hbs$/.test(name))
  .map(name => {
    const spec = Handlebars.precompile(read('envelopes', name), { strict: true, noEscape: true })
    return `export const ${camel(name)}: (context: object) => string = Handlebars.template(${spec})\n`
  })
const envelope = name => strip(name, read('envelopes', name))

const homeless = list('guest').filter(name => !name.startsWith('__') && PLACES[name] === undefined)
if (homeless.length > 0) throw new Error(`no place in src/build/packs.mjs for ${homeless.join(', ')}`)
const guest = await mapped(PLACES, (_, name) => read('guest', name))
const light = await mapped(guest, (text, name) => strip(name, text))
const readers = `=== join\n${READERS.map(envelope).join('')}`
const contents = await mapped(PACKS, names => segments(names, light))
contents.fleet += readers
contents.readers = readers
const pack = async text => (await zlib(text)).toString('base64').replace(/.{960}(?=.)/g, '$&\n')
const packed = await mapped(contents, pack)
const gzipped = await mapped(light, async text => (await gzip(text)).toString('base64'))

/** The program that the profile fetch fetches: all guest files, in full. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const bundle = Handlebars.compile(read('envelopes', 'bundle.py.hbs'), { strict: true, noEscape: true })({
  version,
  packed: await pack(segments(Object.keys(PLACES), guest)),
})

const checks = JSON.parse(read('doctor', 'checks.json'))
const modules = Object.fromEntries(
  list('doctor')
    .filter(name => name.endsWith('.py'))
    .map(name => [name.slice(0, -3), read('doctor', name)]),
)
const doctor = joinDoctor(modules, {
  VERSION: version,
  GUEST: digestsOf(PLACES, guest, light),
  TABLE: checks,
  OPTIONS: [],
})

mkdirSync(new URL('generated/', here), { recursive: true })
write(
  'envelopes.ts',
  `// @ts-nocheck\nimport Handlebars from 'handlebars/runtime.js'\n\n`,
  ...envelopes,
  constant('bootstrap', envelope('bootstrap.py')),
)
write(
  'places.ts',
  '/** Name of a guest file -> its mode, and its path on the guest. */\n',
  constant('PLACES', PLACES, 'Readonly<Record<string, readonly [mode: string, path: string]>>'),
  '\n/** What travels together, by pack: names of guest files. */\n',
  constant('PACKS', { ...PACKS, image: IMAGE }, 'Readonly<Record<string, readonly string[]>>'),
  '\n/** The guest file that says where packages come from, unless a values file says otherwise. */\n',
  constant('PACKAGES_CONF', light['packages.conf']),
)
write(
  'guest.ts',
  '/** The guest files in full, by name. */\n',
  texts('GUEST', guest),
  '\n/** Segments of what an image has baked in, as in PACKED. */\n',
  constant('IMAGE', await pack(segments(IMAGE, guest))),
)
write(
  'light.ts',
  '/** The guest files without what only a reader needs, by name: as they travel. */\n',
  texts('LIGHT', light),
)
write(
  'packed.ts',
  '/** Segments of light texts, by pack: deflated (zlib), in lines of base64. */\n',
  texts('PACKED', packed),
  '\n/** Each light text, by name: in gzip, in one line of base64. */\n',
  texts('GZIPPED', gzipped),
  '\n/** The SHA-256 of the bundle that the profile fetch fetches. */\n',
  constant('BUNDLE_DIGEST', createHash('sha256').update(bundle).digest('hex')),
)
write(
  'bundle.ts',
  '/** All guest files in full, as a program that installs them: what the profile fetch fetches. */\n',
  constant('BUNDLE', bundle),
)
write(
  'doctor.ts',
  '/** A check of the doctor, as userdata-templates/doctor/checks.json has it. */\n',
  'export interface CheckRow {\n',
  '  readonly id: string\n  readonly section: string\n  readonly title: string\n  readonly needs: readonly string[]\n',
  '  /** Whether it is about each service. */\n  readonly each: boolean\n  readonly meaning: string\n}\n\n',
  constant('CHECKS', checks, 'readonly CheckRow[]'),
  '\n/** The program that looks for what is wrong with a VM. */\n',
  constant('DOCTOR', doctor),
)
