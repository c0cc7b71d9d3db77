import test from 'ava'
import fc from 'fast-check'
import { lineOf, positionOf, spanOf, startsOfLines, textOfLine } from '../../src/report/source.ts'
import { sourceOf } from '../support/places.ts'

const place = test.macro<[text: string, offset: number, line: number, column: number]>({
  exec(t, text, offset, line, column) {
    t.deepEqual(positionOf(sourceOf(text), offset), { line, column })
  },
  title: (_, text, offset, line, column) => `offset ${offset} of ${JSON.stringify(text)} is ${line}:${column}`,
})

test(place, '', 0, 1, 1)
test(place, 'ab', 1, 1, 2)
test(place, 'ab\ncd', 2, 1, 3)
test(place, 'ab\ncd', 3, 2, 1)
test(place, 'ab\r\ncd', 4, 2, 1)
test(place, 'ab\n', 3, 2, 1)
test(place, 'a\rb', 2, 1, 3)
test(place, 'é: ü', 3, 1, 4)
test(place, '😀x', 2, 1, 2)
test(place, '\n\n\nx', 3, 4, 1)
test(place, 'ab', 9, 1, 3)

test('a line has its text without the line ending, and there is none past the end', t => {
  const source = sourceOf('one\r\ntwo\n\nfour\r')
  t.deepEqual(
    [1, 2, 3, 4, 5].map(line => textOfLine(source, line)),
    ['one', 'two', '', 'four\r', undefined],
  )
})

test('the lines of a text put together are the text', t => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é') }), text => {
      const source = sourceOf(text)
      const starts = startsOfLines(source)
      t.is(starts.map((start, at) => text.slice(start, starts[at + 1])).join(''), text)
      starts.forEach((start, at) => {
        t.is(lineOf(source, start), at + 1)
        t.is(positionOf(source, start).column, 1)
      })
    }),
  )
})

test('a line of an offset is the number of line feeds before it and one more', t => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r') }), fc.nat(60), (text, offset) => {
      const before = text.slice(0, offset).split('\n').length
      t.is(lineOf(sourceOf(text), offset), before)
    }),
  )
})

test('a span keeps its source', t => {
  const source = sourceOf('abc')
  t.deepEqual(spanOf(source, 1, 2), { source, start: 1, end: 2 })
})
