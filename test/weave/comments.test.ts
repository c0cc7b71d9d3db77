import test from 'ava'
import fc from 'fast-check'
import { formatCommented } from '../../src/decode/injection/commented.ts'
import { restoreLines } from '../../src/decode/injection/restore-lines.ts'
import { decodeBare, type UserData } from '../../src/decode/user-data.ts'
import { startsOfLines } from '../../src/report/source.ts'
import { type Commenting, comment } from '../../src/weave/comments.ts'
import { mimeOf } from '../support/documents.ts'
import { bytes, sourceOf } from '../support/places.ts'

const read = (content: string): UserData => decodeBare(bytes(content), 'web.yaml').userData

/** What was commented, as the operator wrote it; or what is wrong with it. */
function restored({ text, lines }: Commenting): string {
  const result = restoreLines(read(text), formatCommented(lines))
  return typeof result === 'string' ? result : Buffer.from(result).toString('utf8')
}

const commented = test.macro<
  [what: string, text: string, offsets: readonly number[], expected: string, appended: number]
>({
  exec(t, _, text, offsets, expected, appended) {
    const result = comment(read(text), offsets)
    t.is(result.text, expected)
    t.is(result.lines[0]?.appended ?? 0, appended)
    if (offsets.length > 0) t.is(restored(result), text)
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
  const message = mimeOf('Content-Type: text/cloud-config\n\na: 1')
  t.is(comment(read(message), [message.indexOf('a: 1')]).text, message.replace('a: 1', '# a: 1'))
})

test('the lines of several parts are told apart', t => {
  const part = 'Content-Type: text/cloud-config\n\n#cloud-config\na: 1\nb: 2'
  const message = mimeOf(part, 'Content-Type: text/plain\n\nx', part)
  const offsets = [...message.matchAll(/[ab]: /g)].map(({ index }) => index)
  const result = comment(read(message), offsets)
  t.deepEqual(
    result.lines.map(({ document, documents, lines }) => [document, documents, lines]),
    [
      [1, 3, [2, 3]],
      [3, 3, [2, 3]],
    ],
  )
  t.is(restored(result), message)
})

test('whatever lines become comments, the text comes back', t => {
  const unit = fc.constantFrom('a', ': ', '\n', '\r\n', '# ', '#', ' ', 'é', '{}')
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1 }), fc.array(fc.boolean()), (text, chosen) => {
      const offsets = startsOfLines(sourceOf(text)).filter((at, index) => chosen[index] === true && at < text.length)
      fc.pre(offsets.length > 0)
      t.is(restored(comment(read(text), offsets)), text)
    }),
  )
})
