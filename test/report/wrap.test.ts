import test from 'ava'
import fc from 'fast-check'
import { columns, hang, wrapWords } from '../../src/report/wrap.ts'

const words = fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1, maxLength: 60 })

test('no word is lost and no line is too long', t => {
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 100 }), (list, width) => {
      const lines = wrapWords(list.join(' '), width)
      t.deepEqual(lines.join(' ').split(' '), list)
      t.true(lines.every(line => line.length <= width))
    }),
  )
  t.pass()
})

test('a word longer than the line stands alone', t => {
  t.deepEqual(wrapWords('a verylongword b', 5), ['a', 'verylongword', 'b'])
})

test('further lines hang under the first word', t => {
  t.is(hang('Note: ', 'one two three', 13), 'Note: one two\n      three')
})

test('a term too long for its column has its meaning on the next line', t => {
  t.is(
    columns([
      ['short', 'meaning'],
      ['a-term-that-is-much-too-long-for-any-column', 'other'],
    ]),
    '  short  meaning\n  a-term-that-is-much-too-long-for-any-column\n         other\n',
  )
})

test('a term is never joined to its meaning', t => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), lengths => {
      const lines = columns(lengths.map(length => ['t'.repeat(length), 'meaning'])).split('\n')
      for (const line of lines) t.regex(line, /^(?: {2}t+ {2,}meaning| {2}t+| +meaning|)$/)
    }),
  )
  t.pass()
})
