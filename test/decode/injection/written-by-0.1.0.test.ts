import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { decode } from '../../../src/decode/decode.ts'
import { leavesOf, parseMime } from '../../../src/decode/mime.ts'
import { type InjectOptions, inject, preview, uninject } from '../../../src/index.ts'
import { projectFolder } from '../../shared.ts'
import { brief, bytes, codes, text } from '../../support/places.ts'

/**
 * What version 0.1.0 made of a document of every format, `input`: in both layouts with the profile `prebuilt`, some with the profile
 * `full` as well.
 */
const FOLDER = join(projectFolder, 'test', 'decode', 'injection', 'written-by-0.1.0')
const CASES = readdirSync(FOLDER).filter(name => name !== 'vendor-data')
const OPTIONS: InjectOptions = { annotations: ['connect-inject=true', 'connect-service=web'] }

const read = (...path: readonly string[]): Buffer => readFileSync(join(FOLDER, ...path))
const outputsOf = (name: string): readonly string[] => readdirSync(join(FOLDER, name)).filter(file => file !== 'input')

for (const name of CASES) {
  for (const file of outputsOf(name)) {
    const written = read(name, file)
    const input = read(name, 'input')
    const bare = name === 'gzip' ? gunzipSync(input) : input

    test(`0.1.0, ${name}, ${file}: uninject gives the bytes of the operator`, t => {
      const { output, injected, diagnostics } = uninject(written)
      t.true(injected)
      t.deepEqual(diagnostics, [])
      t.is(text(output ?? bytes('nothing')), text(bare))
    })

    test(`0.1.0, ${name}, ${file}: inject gives what it gives of the original`, t => {
      for (const layout of ['multipart', 'cloud-config'] as const) {
        const [again, fresh] = [written, input].map(content => inject(content, { ...OPTIONS, layout }))
        t.deepEqual(again?.diagnostics.map(brief), fresh?.diagnostics.map(brief))
        t.is(text(again?.output ?? bytes('')), text(fresh?.output ?? bytes('')))
      }
    })

    test(`0.1.0, ${name}, ${file}: preview reads its files`, t => {
      const against = { name: 'earlier', bytes: written }
      const { preview: seen, diagnostics } = preview(input, { ...OPTIONS, profile: 'prebuilt', against })
      t.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      )
      const [layout, profile] =
        file.split('-full').length > 1 ? [file.replace('-full', ''), 'full'] : [file, 'prebuilt']
      t.like(seen?.before, { injected: true, injectedBy: '0.1.0', layout } as never)
      const gone = seen?.files.filter(({ change }) => change === 'removed') ?? []
      t.is(gone.length > 5, profile === 'full')
      t.true(seen?.files.some(({ path }) => path === '/srv/consul/service-config.json'))
    })
  }
}

test('an edit in what 0.1.0 injected is found, and force takes it out', t => {
  const edited = bytes(text(read('script', 'multipart')).replace('exit 0', 'exit 1'))
  t.deepEqual(codes(uninject(edited).diagnostics), ['E102'])
  t.is(text(uninject(edited, { force: true }).output ?? bytes('')), text(read('script', 'input')))
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
    const written = text(read(name, 'multipart'))
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
      const theirs = decode(read(name, 'input'), 'web').userData.documents
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

test('the vendor-data of 0.1.0 is known for the tool’s own', t => {
  const { bytes: own, earlier } = decode(read('vendor-data', 'multipart'), 'vendor-data').userData
  t.is(own.length, 0)
  t.like(earlier, { version: '0.1.0', edits: [] })
})
