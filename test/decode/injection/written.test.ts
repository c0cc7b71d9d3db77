import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { decode } from '../../../src/decode/decode.ts'
import { leavesOf, parseMime } from '../../../src/decode/mime.ts'
import { type InjectOptions, inject, preview, uninject } from '../../../src/index.ts'
import { projectFolder } from '../../shared.ts'
import { brief, bytes, codes, text } from '../../support/places.ts'

const FOLDER = join(projectFolder, 'test', 'decode', 'injection', 'written')
const OPTIONS: InjectOptions = { annotations: ['connect-inject=true', 'connect-service=web'] }

const read = (...path: readonly string[]): Buffer => readFileSync(join(FOLDER, ...path))
const namesIn = (...path: readonly string[]): readonly string[] => readdirSync(join(FOLDER, ...path))
/** The versions whose outputs are kept; `npm run freeze` keeps those of this one, as of when it was last run. */
const VERSIONS = namesIn().filter(name => /^\d/.test(name))
const VENDOR_DATA = 'vendor-data'

/** An operator's document, by its name, and what a version made of it. */
interface Written {
  readonly version: string
  readonly name: string
  /** `cloud-config-full`: the layout, and what it is in: the profile where it is not `prebuilt`, or gzip. */
  readonly file: string
}
const WRITTEN: readonly Written[] = VERSIONS.flatMap(version =>
  namesIn(version)
    .filter(name => name !== VENDOR_DATA)
    .flatMap(name => namesIn(version, name).map(file => ({ version, name, file }))),
)

const errorsOf = (diagnostics: readonly { readonly severity: string }[]) =>
  diagnostics.filter(({ severity }) => severity === 'error')

for (const { version, name, file } of WRITTEN) {
  const title = `${version}, ${name}, ${file}`
  const written = read(version, name, file)
  const input = read('documents', name)
  const bare = name === 'gzip' ? gunzipSync(input) : input
  const [, layout = '', kind] = /^(cloud-config|multipart)(?:-(\w+))?$/.exec(file) ?? []
  // Where the operator's document came plain and left in gzip, it is in gzip now: that is what the platform was given.
  const given = kind === 'gzip' ? gzipSync(input) : input

  test(`${title}: uninject gives the bytes of the operator`, t => {
    const { output, injected, diagnostics } = uninject(written)
    t.true(injected)
    t.deepEqual(diagnostics, [])
    t.is(text(output ?? bytes('nothing')), text(bare))
  })

  test(`${title}: inject gives what it gives of the original`, t => {
    for (const next of ['multipart', 'cloud-config'] as const) {
      for (const profile of ['full', 'prebuilt'] as const) {
        const [again, fresh] = [written, given].map(content => inject(content, { ...OPTIONS, layout: next, profile }))
        t.deepEqual(again?.diagnostics.map(brief), fresh?.diagnostics.map(brief))
        t.is(text(again?.output ?? bytes('')), text(fresh?.output ?? bytes('')))
      }
    }
  })

  test(`${title}: what is switched off is the original again`, t => {
    const { output, diagnostics } = inject(written, { annotations: ['connect-inject=false'] })
    t.deepEqual(errorsOf(diagnostics), [])
    const isGzip = output?.[0] === 0x1f
    t.is(text(isGzip ? gunzipSync(output) : (output ?? bytes('nothing'))), text(bare))
  })

  test(`${title}: preview reads its files`, t => {
    const against = { name: 'earlier', bytes: written }
    const { preview: seen, diagnostics } = preview(input, { ...OPTIONS, profile: 'prebuilt', against })
    t.deepEqual(errorsOf(diagnostics), [])
    t.like(seen?.before, { injected: true, injectedBy: version, layout } as never)
    const gone = seen?.files.filter(({ change }) => change === 'removed') ?? []
    t.is(gone.length > 5, kind === 'full')
    t.true(seen?.files.some(({ path }) => path === '/srv/consul/service-config.json'))
  })
}

for (const version of VERSIONS) {
  for (const file of namesIn(version, VENDOR_DATA)) {
    test(`${version}, vendor-data, ${file}: it is known for the tool’s own`, t => {
      const { bytes: own, earlier } = decode(read(version, VENDOR_DATA, file), VENDOR_DATA).userData
      t.is(own.length, 0)
      t.like(earlier, { version, edits: [] })
    })
  }

  test(`${version}: outputs of both layouts and of every profile that it has are kept`, t => {
    const files = new Set(WRITTEN.filter(one => one.version === version).map(({ file }) => file))
    const expected = ['multipart', 'multipart-full', 'cloud-config', 'cloud-config-full']
    const later = ['multipart-fetch', 'multipart-gzip', 'cloud-config-fetch', 'cloud-config-gzip']
    t.deepEqual([...files].sort(), (version === '0.1.0' ? expected : [...expected, ...later]).sort())
    t.true(new Set(WRITTEN.filter(one => one.version === version).map(({ name }) => name)).size > 20)
  })
}

test('what is kept of a version stays as it was kept', t => {
  const program = join(projectFolder, 'src', 'build', 'frozen', 'frozen.mjs')
  const { stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  t.deepEqual(JSON.parse(stdout), JSON.parse(read('digests.json').toString('utf8')))
})

test('an edit in what 0.1.0 injected is found, and force takes it out', t => {
  const edited = bytes(text(read('0.1.0', 'script', 'multipart')).replace('exit 0', 'exit 1'))
  t.deepEqual(codes(uninject(edited).diagnostics), ['E102'])
  t.is(text(uninject(edited, { force: true }).output ?? bytes('')), text(read('documents', 'script')))
})

test('base64 of the operator’s that was damaged in what 0.1.0 injected is found', t => {
  const written = text(read('0.1.0', 'cloud-config-beyond-ascii', 'multipart'))
  const edited = bytes(written.replace('Encoding: base64\n\n', '$&*'))
  t.true(
    uninject(edited)
      .diagnostics.map(brief)
      .some(line => /the base64 of the operator's document is damaged/.test(line)),
  )
})

const FOREIGN = 'Content-Type: application/node.eks.aws\n\nkind: NodeConfig'

test('parts that others added to what 0.1.0 injected survive', t => {
  for (const name of [
    'script',
    'cloud-config-with-keys',
    'cloud-config-beyond-ascii',
    'mime-with-keys',
    'mime-without-an-end',
  ]) {
    const written = text(read('0.1.0', name, 'multipart'))
    const { boundary = '', children, closing = 0 } = parseMime(written)
    // Before the operator's part nobody knows it any more when its lines are comments.
    for (const at of [...children.slice(1).map(({ delimiter }) => delimiter), closing]) {
      const added = `${written.slice(0, at)}--${boundary}\n${FOREIGN}\n${written.slice(at)}`
      const { output, diagnostics } = uninject(bytes(added))
      t.deepEqual(diagnostics, [])
      const back = text(output ?? bytes(''))
      t.true(back.includes(`\n${FOREIGN}\n--${boundary}`))
      const own = decode(bytes(back), 'web').userData.documents.map(({ source, start, end }) =>
        source.text.slice(start, end),
      )
      const theirs = decode(read('documents', name), 'web').userData.documents
      t.deepEqual(
        own.slice(0, theirs.length).map(document => document.trimEnd()),
        theirs.map(({ source, start, end }) => source.text.slice(start, end).trimEnd()),
      )
      const again = inject(bytes(added), OPTIONS).output ?? bytes('')
      t.is(leavesOf(parseMime(text(again))).filter(({ headers }) => headers.has('x-consul-vm-inject')).length, 2)
      t.true(text(again).includes(FOREIGN))
    }
  }
})
