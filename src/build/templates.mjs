// Turns the envelopes into precompiled Handlebars templates and the guest files into string constants, so that nothing is
// read from disk and no template is compiled at run time. Run by `npm run generate`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import Handlebars from 'handlebars'

const here = new URL('../../userdata-templates/', import.meta.url)
const read = (folder, name) => readFileSync(new URL(`${folder}/${name}`, here), 'utf8')
const list = folder => readdirSync(new URL(folder, here)).sort()
const constant = (name, value) => `export const ${name}: string = ${JSON.stringify(value)}\n`
const camel = name => name.replace(/\.[a-z.]+$/, '').replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())

const envelopes = list('envelopes')
  .filter(name => name.endsWith('.hbs'))
  .map(name => {
    const spec = Handlebars.precompile(read('envelopes', name), { strict: true, noEscape: true })
    return `export const ${camel(name)}: (context: object) => string = Handlebars.template(${spec})\n`
  })
const scripts = list('envelopes')
  .filter(name => name.endsWith('.py'))
  .map(name => constant(camel(name), read('envelopes', name)))
const guest = Object.fromEntries(
  list('guest')
    .filter(name => !name.startsWith('__'))
    .map(name => [name, read('guest', name)]),
)

mkdirSync(new URL('generated/', here), { recursive: true })
writeFileSync(
  new URL('generated/envelopes.ts', here),
  `// @ts-nocheck\n// Made by src/build/templates.mjs.\nimport Handlebars from 'handlebars/runtime.js'\n\n${envelopes.join('')}${scripts.join('')}`,
)
writeFileSync(
  new URL('generated/guest.ts', here),
  `// Made by src/build/templates.mjs.\nexport const GUEST: Readonly<Record<string, string>> = ${JSON.stringify(guest, undefined, 2)}\n`,
)
