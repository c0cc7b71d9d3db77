import test from 'ava'
import fc from 'fast-check'
import { type Base64Layout, decodeBase64, encodeBase64 } from '../../src/decode/base64.ts'
import { bytes } from '../support/places.ts'

const layout: fc.Arbitrary<Base64Layout> = fc.record({
  width: fc.constantFrom(0, 1, 4, 5, 60, 64, 76),
  newline: fc.constantFrom('\n' as const, '\r\n' as const),
  lead: fc.constantFrom('', ' ', '\n\n', ' \r\n\t'),
  end: fc.constantFrom('', '\n', '\r\n', '\n\n', '  '),
})

test('any bytes in any layout come back, and the layout writes the very same text again', t => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), layout, (content, given) => {
      const text = encodeBase64(content, given)
      const back = decodeBase64(text)
      t.deepEqual(back?.bytes, content)
      t.true(back?.exact)
      t.is(back && encodeBase64(back.bytes, back.layout), text)
    }),
  )
})

const refused = test.macro<[text: string]>({
  exec(t, text) {
    t.is(decodeBase64(text), undefined)
  },
  title: (_, text) => `${JSON.stringify(text)} is not base64`,
})

for (const text of [
  '',
  '\n',
  '=',
  'abc',
  'ab=c',
  'abcd=',
  'ab===',
  '#cloud-config',
  'ab_-',
  'ab cd ef',
  'aé==',
  '====',
]) {
  test(refused, text)
}

const inexact = test.macro<[text: string, content: string]>({
  exec(t, text, content) {
    const back = decodeBase64(text)
    t.deepEqual(back?.bytes, bytes(content))
    t.false(back?.exact)
  },
  title: (_, text) => `${JSON.stringify(text)} is read, and known to be laid out in a way of its own`,
})

test(inexact, 'YW\nJjYWJj', 'abcabc')
test(inexact, 'YWJj \n ZGVm', 'abcdef')
test(inexact, 'YWJj\r\nZGVm\nZ2hp', 'abcdefghi')

test('bytes that are part of a larger buffer are written alone', t => {
  t.is(encodeBase64(bytes('xabcx').subarray(1, 4), { width: 0, newline: '\n', lead: '', end: '' }), 'YWJj')
})
