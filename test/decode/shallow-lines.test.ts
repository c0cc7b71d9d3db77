import test from 'ava'
import { readAsPyYaml } from '../../src/decode/pyyaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import type { YamlNode } from '../../src/decode/yaml-node.ts'
import { inject, uninject } from '../../src/index.ts'
import { bytes, text } from '../support/places.ts'

/** What PyYAML makes of texts whose lines inside brackets and quotes stand far to the left. */
const TAKEN: readonly (readonly [written: string, data: unknown])[] = [
  ['a: "one\ntwo"\nb: 1\n', { a: 'one two', b: 1 }],
  ["a: 'one\n\ntwo'\n", { a: 'one\ntwo' }],
  ['a: [\n  1, 2\n]\nb: 2\n', { a: [1, 2], b: 2 }],
  ['a:\n  b: {\n  x: 1\n  }\n  c: 3\n', { a: { b: { x: 1 }, c: 3 } }],
  [
    'runcmd:\n- [ls,\n-l]\n- [ #c\n"a\nb",\n[c,\nd]]\n',
    {
      runcmd: [
        ['ls', '-l'],
        ['a b', ['c', 'd']],
      ],
    },
  ],
  ['a: &x [\n1]\nb: *x\n', { a: [1], b: [1] }],
]

function scalars(node: YamlNode | undefined): readonly (readonly [start: number, end: number, said: string])[] {
  if (node?.kind === 'sequence') return node.items.flatMap(scalars)
  if (node?.kind === 'mapping') return node.entries.flatMap(({ key, value }) => [...scalars(key), ...scalars(value)])
  return node?.kind === 'scalar' ? [[node.start, node.end, node.text]] : []
}

for (const [written, data] of TAKEN) {
  test(`${JSON.stringify(written)} is read as PyYAML reads it, every scalar where it stands`, t => {
    const reading = readAsPyYaml(written)
    t.true(reading.ok)
    if (!reading.ok) return
    t.deepEqual(toData(reading.root), data)
    for (const [start, end, said] of scalars(reading.root))
      t.is(written.slice(start, end).replace(/\n+/g, ' '), said.replace('\n', ' '))
  })
}

test('the end of a document inside quotes or brackets is none', t => {
  for (const written of ['a: "x\n--- y"\n', 'a: [\n---\n]\n', "a: 'x\n...\n'\n"]) t.false(readAsPyYaml(written).ok)
})

test('a key and its colon stand in one line, unless the key is marked', t => {
  for (const written of [
    'x: {a\n  b: c}\n',
    'x: {a\nb: c}\n',
    'x: {"a\n b": c}\n',
    'x: {a\n: b}\n',
    'x: {"a" # why\n : b}\n',
  ])
    t.false(readAsPyYaml(written).ok, written)
  for (const written of [
    'x: {? a\n  b : c}\n',
    'x: {a, b: c}\n',
    'x: {a\n, b: c}\n',
    '? "a\n  b"\n: c\n',
    'x: {a:\n b}\n',
  ])
    t.true(readAsPyYaml(written).ok, written)
})

test('a fault behind lines that were moved is told where it stands', t => {
  const written = 'a: [\n1\n]\nb: [\n2\n]\nc: }\n'
  const reading = readAsPyYaml(written)
  t.is(reading.ok ? -1 : reading.offset, written.indexOf('}'))
})

for (const layout of ['multipart', 'cloud-config'] as const) {
  test(`keys of such a document are read, taken out and put back: ${layout}`, t => {
    const own = 'consul.hashicorp.com/connect-inject: "true"\nconsul.hashicorp.com/connect-service: "web"\n'
    const before = bytes(`#cloud-config\n${own}packages: [\nnginx,\n"a\nb"\n]\nruncmd:\n- echo "\n  x"\n`)
    const { output, diagnostics } = inject(before, { layout, profile: 'prebuilt' })
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity !== 'note'),
      [],
    )
    t.is(text(uninject(output ?? before).output ?? new Uint8Array()), text(before))
  })
}
