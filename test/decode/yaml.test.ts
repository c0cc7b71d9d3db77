import test from 'ava'
import fc from 'fast-check'
import { type ScalarType, typeOfPlain } from '../../src/decode/plain-scalar.ts'
import { readYaml, readYamlStream } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { entryOf, mergedEntries, type YamlNode } from '../../src/decode/yaml-node.ts'
import { cloudConfig } from '../support/user-data.ts'

const rootOf = (text: string): YamlNode | undefined => {
  const yaml = readYaml(text)
  if (!yaml.ok) throw new Error(`${yaml.message} at ${yaml.offset}`)
  return yaml.root
}
const data = (text: string): unknown => toData(rootOf(text))

const type = test.macro<[type: ScalarType, ...texts: string[]]>({
  exec(t, expected, ...texts) {
    for (const text of texts) t.is(typeOfPlain(text), expected, text)
  },
  title: (_, expected, ...texts) => `PyYAML takes ${texts.join('  ')} for ${expected}`,
})

test(type, 'bool', 'yes', 'Yes', 'NO', 'on', 'OFF', 'true', 'False', 'TRUE')
test(type, 'str', 'y', 'n', 'Y', 'yEs', 'tRue', 'enabled', 'none', 'nil', 'a=b', '<', '.', '-', '+', 'e3')
test(type, 'int', '0', '-1', '+7', '010', '0b11', '0x1F', '1_000', '22:22', '1:30', '12:30:45', '-1:30', '8080')
test(type, 'str', '0o10', '08', '8080:80', '59:60', '0x', '1_000a', '1,000', 'web:9191', '127.0.0.1', '::1')
test(type, 'float', '1.0', '1.', '.5', '1.0e+3', '-1_0.5', '22:22.5', '.inf', '-.INF', '.nan')
test(type, 'str', '1e3', '1.0e3', 'inf', 'nan', '.', '1.2.3', '-.nan')
test(type, 'null', '', '~', 'null', 'Null', 'NULL')
test(type, 'timestamp', '2020-01-01', '2020-1-1 1:00:00', '2001-12-14t21:59:43.10-05:00', '2020-01-01T00:00:00Z')
test(type, 'str', '2020-1-1', '20-01-01', '2020-01-01T')
test(type, 'merge', '<<')
test(type, 'value', '=')

const reads = test.macro<[text: string, expected: unknown]>({
  exec(t, text, expected) {
    t.deepEqual(data(text), expected)
  },
  title: (_, text) => `${JSON.stringify(text)} is read as PyYAML reads it`,
})

test(reads, '', null)
test(reads, '# only a comment\n', null)
test(reads, 'a: yes\nb: "yes"\nc: !!str yes\nd: |\n  yes\n', { a: true, b: 'yes', c: 'yes', d: 'yes\n' })
test(reads, 'a: 1\nb: -2\nc: 1.5\nd: 010\ne: 22:22\nf: 2020-01-01', {
  a: 1,
  b: -2,
  c: 1.5,
  d: '010',
  e: '22:22',
  f: '2020-01-01',
})
test(reads, 'a:\nb: ~\nc: null\n', { a: null, b: null, c: null })
test(reads, 'a: 1\na: 2\n', { a: 2 })
test(reads, '{a: [1, {b: c}], d: }', { a: [1, { b: 'c' }], d: null })
test(reads, '- a\n-\n- - b\n', ['a', null, ['b']])
test(reads, '? a\n: b\n? c\n', { a: 'b', c: null })
test(reads, 'a: &x [1, 2]\nb: *x\nc: {d: *x}\n', { a: [1, 2], b: [1, 2], c: { d: [1, 2] } })
test(reads, 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', { a: 1, b: 1, c: 2, d: 2 })
test(reads, 'a: *nowhere\n', { a: null })
test(reads, 'a: &x [*x]\n', { a: [null] })
test(reads, '__proto__: {a: 1}\nb: 2\n', JSON.parse('{"__proto__": {"a": 1}, "b": 2}'))
test(reads, '%YAML 1.2\n---\na: yes\n', { a: true })
test(reads, 'a: 1\n...\n', { a: 1 })
test(reads, 'a: |\r\n  x\r\n  y\r\nb: 1\r\n', { a: 'x\ny\n', b: 1 })
test(reads, "a: 'it''s'\nb: \"\\x41\\u00e9\\n\"\n", { a: "it's", b: 'Aé\n' })

const fails = test.macro<[text: string, offset: number]>({
  exec(t, text, offset) {
    const yaml = readYaml(text)
    t.deepEqual([yaml.ok, !yaml.ok && yaml.offset, !yaml.ok && yaml.message !== ''], [false, offset, true])
  },
  title: (_, text) => `${JSON.stringify(text)} is not YAML, and it is said where`,
})

test(fails, 'a: [1\n', 6)
test(fails, '\ta: 1\n', 2)
test(fails, 'a: b: c\n', 4)
test(fails, 'a: 1\n b: 2\n', 7)
test(fails, '"a', 2)
test(fails, '\u0000', 0)

const flat = (node: YamlNode): readonly YamlNode[] => {
  if (node.kind === 'sequence') return [node, ...node.items.flatMap(flat)]
  if (node.kind === 'mapping')
    return [node, ...node.entries.flatMap(({ key, value }) => [...flat(key), ...flat(value)])]
  return [node]
}

const stands = test.macro<[text: string, ...slices: string[]]>({
  exec(t, text, ...slices) {
    const root = rootOf(text)
    t.deepEqual(root && flat(root).map(({ start, end }) => text.slice(start, end)), slices)
  },
  title: (_, text) => `every node of ${JSON.stringify(text)} knows where it stands`,
})

test(stands, 'a: b\nc:   12 # x\n', 'a: b\nc:   12', 'a', 'b', 'c', '12')
test(stands, '"a": \'b\'', '"a": \'b', 'a', 'b')
test(
  stands,
  'a: [1, "x"]\nb: { c: [] } # ]\n',
  'a: [1, "x"]\nb: { c: [] }',
  'a',
  '[1, "x"]',
  '1',
  'x',
  'b',
  '{ c: [] }',
  'c',
  '[]',
)
test(stands, 'a: [\n  1, # ]\n  ]\n', 'a: [\n  1, # ]\n  ]', 'a', '[\n  1, # ]\n  ]', '1')
test(stands, 'a: &x b\nc: *x\n', 'a: &x b\nc: *x', 'a', 'b', 'c', '*x')
test(stands, 'é: 😀\nb: c\n', 'é: 😀\nb: c', 'é', '😀', 'b', 'c')
test(stands, 'a:\nb: c\n', 'a:\nb: c', 'a', '', 'b', 'c')

test('a billion laughs are refused, not laughed', t => {
  const bombs = Array.from({ length: 12 }, (_, at) => `a${at}: &a${at} [${`*a${at - 1}, `.repeat(at === 0 ? 0 : 10)}x]`)
  const yaml = readYaml(bombs.join('\n'))
  t.regex(yaml.ok ? '' : yaml.message, /aliases/)
})

test('an entry is found by its key; of two the last, and through an alias', t => {
  const root = rootOf('a: {b: 1}\na: {b: &x {c: 2}}\nd: *x\n')
  t.deepEqual(toData(entryOf(entryOf(root, 'a')?.value, 'b')?.value), { c: 2 })
  t.is(toData(entryOf(entryOf(root, 'd')?.value, 'c')?.value), 2)
  t.is(entryOf(root, 'e'), undefined)
  t.is(entryOf(rootOf('- a'), 'a'), undefined)
  t.is(entryOf(undefined, 'a'), undefined)
})

test('what comes through merge keys is found: of a mapping, an alias, a list of aliases', t => {
  const root = rootOf('x: &x {a: 1}\ny: &y {b: 2}\n<<: {c: 3}\nz:\n  <<: [*x, *y]\n  d: 4\n"<<": {e: 5}\n')
  const keys = (node: YamlNode | undefined): readonly unknown[] =>
    node?.kind === 'mapping' ? mergedEntries(node).map(({ key }) => toData(key)) : []
  t.deepEqual(keys(root), ['c'])
  t.deepEqual(keys(entryOf(root, 'z')?.value), ['a', 'b'])
})

test('a text never makes the reader throw', t => {
  const unit = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '&a',
    '*a',
    '!',
    '#',
    '%',
    '\t',
    '\\',
    '---',
    '?',
    ',',
  )
  fc.assert(
    fc.property(fc.oneof(cloudConfig, fc.string({ unit, maxLength: 30 }), fc.string({ unit: 'binary' })), text => {
      const yaml = readYaml(text)
      if (yaml.ok) t.notThrows(() => toData(yaml.root))
      else t.true(yaml.offset >= 0 && yaml.offset <= text.length + 1)
    }),
    { numRuns: 300 },
  )
})

test('every document of a stream is read, with its anchors to itself', t => {
  const stream = readYamlStream('a: &x 1\n---\n# nothing\n---\n- b\n...\n---\nc: *x\n')
  t.deepEqual(stream.ok && stream.roots.map(root => toData(root)), [{ a: 1 }, null, ['b'], { c: null }])
  t.deepEqual(readYamlStream(''), { ok: true, roots: [] })
  t.like(readYamlStream('a: 1\n---\nb: [\n'), { ok: false })
})

test('the style of a scalar is told', t => {
  const root = rootOf('- a\n- "b"\n- \'c\'\n- |\n  d\n- >-\n  e\n-\n')
  const styles = root?.kind === 'sequence' ? root.items.map(item => item.kind === 'scalar' && item.style) : []
  t.deepEqual(styles, ['plain', 'double', 'single', 'literal', 'folded', 'plain'])
})
