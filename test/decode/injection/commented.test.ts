import test from 'ava'
import fc from 'fast-check'
import { formatCommented, formatLines, parseCommented, parseLines } from '../../../src/decode/injection/commented.ts'
import { restoreLines, restoreNumbered } from '../../../src/decode/injection/restore-lines.ts'
import { decodeBare } from '../../../src/decode/user-data.ts'
import { comment } from '../../../src/weave/comments.ts'
import { mimeOf } from '../../support/documents.ts'
import { bytes, text } from '../../support/places.ts'

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

const DIGEST = '0123456789abcdef'

test('what a header says of comments is written and read again', t => {
  const all = [
    { document: 1, documents: 3, lines: [2, 3, 4], appended: 0, digest: DIGEST },
    { document: 3, documents: 3, lines: [7], appended: 3, digest: DIGEST },
  ]
  const header = `1/3:2-4=${DIGEST} 3/3:7+3=${DIGEST}`
  t.is(formatCommented(all), header)
  t.deepEqual(parseCommented(header, 60), all)
  t.deepEqual(parseCommented(header.replace(' ', '\r\n  '), 60), all)
})

for (const header of [
  '',
  '2',
  `1/1:2=${DIGEST.slice(1)}`,
  `0/1:2=${DIGEST}`,
  `1/1:2+5=${DIGEST}`,
  `1/1:1-61=${DIGEST}`,
]) {
  test(`${JSON.stringify(header)} says nothing of comments`, t => t.is(parseCommented(header, 60), undefined))
}

test('what says more lines than the text has is not believed, however often', t => {
  t.is(parseCommented(Array.from({ length: 1000 }, () => `1/1:1-50=${DIGEST}`).join(' '), 60), undefined)
})

const PART = 'Content-Type: text/cloud-config\n\n#cloud-config\na: 1\nb: 2'
const OTHER = 'Content-Type: text/cloud-config\n\n#cloud-config\n# c: 3'

/** A message of this part with its second line a comment, what undoes that, and how the part stands in it. */
function commented(): { readonly header: string; readonly part: string } {
  const message = mimeOf(PART)
  const { lines } = comment(decodeBare(bytes(message), 'web').userData, [message.indexOf('a: 1')])
  return { header: formatCommented(lines), part: PART.replace('a: 1', '# a: 1') }
}

function restored(header: string, ...parts: readonly string[]): string {
  const result = restoreLines(decodeBare(bytes(mimeOf(...parts)), 'web').userData, header)
  return typeof result === 'string' ? result : text(result)
}

test('comments are found again wherever their part stands by then', t => {
  const { header, part } = commented()
  t.is(restored(header, part), mimeOf(PART))
  t.is(restored(header, OTHER, part), mimeOf(OTHER, PART))
  t.is(restored(header, part, OTHER), mimeOf(PART, OTHER))
  t.is(restored(header, OTHER, OTHER, part, OTHER), mimeOf(OTHER, OTHER, PART, OTHER))
})

test('a value that was edited in a comment stays so, when no part was added', t => {
  const { header, part } = commented()
  t.is(restored(header, part.replace('a: 1', 'a: 5')), mimeOf(PART.replace('a: 1', 'a: 5')))
  t.regex(restored(header, OTHER, part.replace('a: 1', 'a: 5')), /^line 2 of the operator's document is no longer/)
})

test('a line that is no longer a comment is named', t => {
  const { header, part } = commented()
  t.regex(restored(header, part.replace('# a', 'a')), /^line 2 of the operator's document is no longer the comment/)
  t.regex(restored(header, OTHER.slice(0, 40)), /^line 2 of/)
})

const numbered = (content: string, header: string): string => {
  const result = restoreNumbered(bytes(content), header)
  return typeof result === 'string' ? result : text(result)
}

test('comments of one document are found by their numbers', t => {
  t.is(numbered('# a: 1\nb: 2\n# c: 3\n', '1,3'), 'a: 1\nb: 2\nc: 3\n')
  t.is(numbered('# a: 1\n{}\n', '1; appended=3'), 'a: 1\n')
  t.regex(numbered('# a: 1\nb: 2\nc: 3\n', '1,3'), /^line 3 of the operator's document is no longer/)
  t.regex(numbered('# a: 1\n', '1-99999999999'), /do not fit/)
  t.regex(numbered('# a: 1\n', '1; appended=999'), /do not fit/)
})
