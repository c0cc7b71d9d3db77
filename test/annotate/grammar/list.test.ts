import test from 'ava'
import fc from 'fast-check'
import { cut, itemwise, listItems, trimmed, whole } from '../../../src/annotate/grammar/list.ts'
import { complaint, meaning, refuse } from '../../../src/annotate/grammar/parsed.ts'

test('items are trimmed, and empty ones dropped', t => {
  t.deepEqual(
    listItems(' 22, 80 ,, 443,').map(({ text }) => text),
    ['22', '80', '443'],
  )
  t.deepEqual(listItems(''), [])
  t.deepEqual(listItems(' , ,'), [])
})

test('an item knows where it stands', t => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '1', ' ', '\t', ',', '\u00a0', 'é', '😀') })),
      pieces => {
        const value = pieces.join(',')
        return listItems(value).every(({ text, start, end }) => value.slice(start, end) === text && text !== '')
      },
    ),
  )
  t.pass()
})

test('pieces cut at a separator slice back too, whatever the limit, and the last keeps the rest', t => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', ' ', '.') }),
      fc.integer({ min: 1, max: 4 }),
      (value, limit) => {
        const pieces = cut(whole(value), ':', limit)
        const count = Math.min(limit, value.split(':').length)
        return (
          pieces.length === count &&
          pieces.every(({ text, start, end }) => value.slice(start, end) === text) &&
          pieces[count - 1]?.text ===
            value
              .split(':')
              .slice(count - 1)
              .join(':')
              .trim()
        )
      },
    ),
  )
  t.pass()
})

test('trimming is that of Go: every Unicode space, but not a byte order mark', t => {
  t.is(trimmed(whole('\u3000\u00a0\u0085 x \u2003\u2029')).text, 'x')
  t.is(trimmed(whole('\ufeffx')).text, '\ufeffx')
  t.deepEqual(trimmed({ text: '  ', start: 3, end: 5 }), { text: '', start: 3, end: 3 })
})

test('complaints about items point into the whole value, all of them at once', t => {
  const parsed = itemwise(listItems('aa, b, cc'), text => (text === 'b' ? meaning(text) : refuse(complaint(text))))
  const shifted = itemwise(listItems('aa, b'), text =>
    text === 'b' ? refuse(complaint('x', undefined, 0, 1)) : meaning(text, [complaint('y', undefined, 1)]),
  )
  const warned = itemwise(listItems('b, aa'), text =>
    meaning(text, text === 'aa' ? [complaint('y', undefined, 1)] : []),
  )
  t.deepEqual(parsed, { ok: false, issues: [complaint('aa', undefined, 0, 2), complaint('cc', undefined, 7, 9)] })
  t.deepEqual(shifted, { ok: false, issues: [complaint('x', undefined, 4, 5)] })
  t.deepEqual(warned, { ok: true, value: ['b', 'aa'], warnings: [complaint('y', undefined, 4, 5)] })
})
