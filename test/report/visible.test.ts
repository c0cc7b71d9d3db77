import test from 'ava'
import { columnsOf, visible, visibleJson } from '../../src/report/visible.ts'

const width = test.macro<[character: string, columns: number]>({
  exec: (t, character, columns) => t.is(columnsOf(character), columns),
  title: (_, character = '', columns) => `${JSON.stringify(character)} is ${columns} wide`,
})

test(width, 'a', 1)
test(width, 'é', 1)
test(width, '\u0301', 0)
test(width, '日', 2)
test(width, 'ひ', 2)
test(width, '한', 2)
test(width, '！', 2)
test(width, 'ｱ', 1)
test(width, '😀', 2)
test(width, '␛', 1)
test(width, '…', 1)

test('text without anything hidden is left as it is', t => {
  const text = 'Ünïcödé, 日本語, 😀 and "quotes" \\ ~'
  t.is(visible(text), text)
})

test('JSON stays the same data and holds nothing that a terminal obeys', t => {
  const data = { text: '\u001b[31m \u009b31m \u202e \u2028 \u{e0041} \u007f日' }
  const json = visibleJson(JSON.stringify(data))
  t.deepEqual(JSON.parse(json), data)
  t.notRegex(json, /[\p{Cc}\p{Cf}\p{Zl}]/u)
})
