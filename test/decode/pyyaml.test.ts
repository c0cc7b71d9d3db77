import test from 'ava'
import { readAsPyYaml } from '../../src/decode/pyyaml.ts'
import { readYaml } from '../../src/decode/yaml.ts'

/** What YAML allows and PyYAML refuses, why, and what the place of the fault begins with. */
const REFUSED: readonly (readonly [text: string, message: RegExp, place: string])[] = [
  ['...\n', /ends before it begins/, '...'],
  ['# one\n\n...\na: b\n', /ends before it begins/, '...'],
  ['# \u0001\na: b\n', /control character/, '\u0001'],
  ['a:\tb\n', /a tab stands/, '\tb'],
  ['a: |\n  b\n \t\n', /a tab stands/, '\t\n'],
  ['a: b\u2028c\n', /counts as a line break/, '\u2028c'],
  ['a: !python/x b\n', /the tag !python\/x is unknown/, '!python'],
  ...['valueOf', 'hasOwnProperty', '__proto__', 'constructor', 'toString'].map(
    name => [`a: !!${name} x\n`, /the tag !!\w+ is unknown/, `!!${name}`] as const,
  ),
  ['a: !!int x\n', /stands at is something else/, '!!int'],
  ['a: !!map x\n', /stands at is something else/, '!!map'],
  ['a: !!bool maybe\n', /stands at is something else/, '!!bool'],
  ['a: !!float x\n', /stands at is something else/, '!!float'],
  ['a: !!timestamp 2024-02-30\n', /stands at is something else/, '!!timestamp'],
  ['a: !!binary "Y="\n', /stands at is something else/, '!!binary'],
  ['a: &é b\n', /the anchor or alias é has characters/, 'é b'],
  ['a: &x b\nc: &x d\n', /the anchor &x is there twice/, 'x d'],
  ['a: [b?c]\n', /a \? stands in a flow collection/, '?c'],
  [': b\n', /a key is missing/, 'b'],
  ['? [a]\n: b\n', /a key is a list/, '[a]'],
  [`${'k'.repeat(1025)}: b\n`, /a key is too long|single line|in one line/, 'kkk'],
  ['<<: 5\n', /<< merges no mapping/, '5'],
  ['<<: [{a: 1}, 5]\n', /<< merges no mapping/, '['],
  ['a: *b\n', /there is no anchor &b/, '*b'],
  ['a: =\n', /= has a meaning of its own/, '='],
  ['a: 2024-02-30\n', /no such date/, '2024-02-30'],
  ['a: 2024-01-01 25:00:00\n', /no such date/, '2024-01-01 25'],
]

for (const [content, message, place] of REFUSED) {
  test(`PyYAML does not take ${JSON.stringify(content).slice(0, 40)}, and it is said why and where`, t => {
    const reading = readAsPyYaml(content)
    if (reading.ok) return t.fail('it is taken')
    t.regex(reading.message, message)
    t.true(content.slice(reading.offset).startsWith(place), content.slice(reading.offset))
  })
}

const TAKEN = [
  'a: !!str 5\nb: !!int 5\nc: !!float 1.5\nd: !!bool yes\ne: !!null x\nf: !!binary aGk=\n',
  'a: !!set {x, y}\nb: !!omap [x: 1]\nc: ! d\n',
  'a: "\\t\t"\nb: |\n  one\ttwo\n# a\tcomment\n',
  '? a\n  b\n: c\n',
  '? |\n  a\n: b\n',
  '? >-  # why\n  a\n  b\n: c\n',
  'a: &x b\n---\na: &x c\n',
  'a: [b, "c?"]\nd: e?f\n',
  'a: 2024-02-29\nb: 2024-12-31 23:59:59\n',
  'x: &x {a: 1}\n<<: [*x, {b: 2}]\n',
]

for (const content of TAKEN) {
  test(`PyYAML takes ${JSON.stringify(content).slice(0, 40)}, and reads what YAML says`, t => {
    const reading = readAsPyYaml(content)
    t.deepEqual(reading, readYaml(content))
    t.true(reading.ok)
  })
}
