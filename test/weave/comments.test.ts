import test from 'ava'
import fc from 'fast-check'
import { startsOfLines } from '../../src/report/source.ts'
import { comment, formatLines, parseLines, uncomment } from '../../src/weave/comments.ts'
import { sourceOf } from '../support/places.ts'

const ranges = test.macro<[lines: readonly number[], text: string]>({
  exec(t, lines, text) {
    t.is(formatLines(lines), text)
    t.deepEqual(parseLines(text, 100), lines)
  },
  title: (_, __, text) => `lines are written ${text}, and read again`,
})

test(ranges, [1], '1')
test(ranges, [1, 2, 3], '1-3')
test(ranges, [2, 4, 5, 9, 100], '2,4-5,9,100')

test('any ascending lines come back', t => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), given => {
      const lines = given.toSorted((a, b) => a - b)
      t.deepEqual(parseLines(formatLines(lines), 60), lines)
    }),
  )
})

for (const text of [
  '',
  '0',
  '-1',
  '3-',
  '3-2',
  '2,1',
  '1,1',
  '1-3,3',
  '1.5',
  'x',
  '1 - 2',
  '1,',
  '01',
  '61',
  '1-61',
  '1-99999999999999',
]) {
  test(`${JSON.stringify(text)} is no lines of a text of 60`, t => t.is(parseLines(text, 60), undefined))
}

const commented = test.macro<
  [what: string, text: string, offsets: readonly number[], expected: string, appended: number]
>({
  exec(t, _, text, offsets, expected, appended) {
    const result = comment(sourceOf(text), offsets, true)
    t.is(result.text, expected)
    t.is(result.appended, appended)
    t.is(uncomment(sourceOf(result.text), result), text)
  },
  title: (_, what) => what,
})

test(commented, 'lines become comments', 'a: 1\nb: 2\nc: 3\n', [0, 10], '# a: 1\nb: 2\n# c: 3\n', 0)
test(commented, 'no lines, no change', 'a: 1\n', [], 'a: 1\n', 0)
test(
  commented,
  'a document that has no keys left becomes an empty mapping',
  '#cloud-config\na: 1\n',
  [14],
  '#cloud-config\n# a: 1\n{}\n',
  3,
)
test(
  commented,
  'also when it does not end in a line feed',
  '#cloud-config\na: 1',
  [14],
  '#cloud-config\n# a: 1\n{}\n',
  4,
)
test(commented, 'also in CRLF', '#cloud-config\r\na: 1\r\n', [15], '#cloud-config\r\n# a: 1\r\n{}\n', 3)
test(commented, 'also below a beginning of a document', '---\na: 1\n', [4], '---\n# a: 1\n{}\n', 3)
test(
  commented,
  'but not below the end of one, where it would be another document',
  'a: 1\n...\n',
  [0],
  '# a: 1\n...\n',
  0,
)
test(commented, 'a document with another key does not', 'a: 1\nb:\n', [0], '# a: 1\nb:\n', 0)

test('nothing is appended to one part of several', t => {
  t.is(comment(sourceOf('a: 1\n'), [0], false).text, '# a: 1\n')
})

test('whatever lines become comments, the text comes back', t => {
  const unit = fc.constantFrom('a', ': ', '\n', '\r\n', '# ', '#', ' ', 'é', '{}')
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1 }), fc.array(fc.boolean()), fc.boolean(), (text, chosen, single) => {
      const source = sourceOf(text)
      const offsets = startsOfLines(source).filter((_, at) => chosen[at] === true)
      const result = comment(source, offsets, single)
      t.is(uncomment(sourceOf(result.text), result), text)
    }),
  )
})

test('a line that is no longer a comment is named', t => {
  const lines = { lines: [1, 3], appended: 0 }
  t.is(uncomment(sourceOf('# a: 1\nb: 2\nc: 3\n'), lines), 3)
  t.is(uncomment(sourceOf('#a: 1\nb: 2\n# c: 3\n'), lines), 1)
  t.is(uncomment(sourceOf('# a: 1\n'), lines), 3)
})
