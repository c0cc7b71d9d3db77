import test from 'ava'
import fc from 'fast-check'
import { JsonNumber } from '../../src/annotate/grammar/json-number.ts'
import { canonicalJson } from '../../src/plan/canonical-json.ts'

test('keys are sorted by code points, strings are ASCII, numbers stay as they were written', t => {
  const value = {
    'b\u{1f600}': [new JsonNumber('1.0'), new JsonNumber('1E3'), -0, 8080, true, null],
    'b\ufffd': { z: 'é\u007f\u2028\u{1f600}"\\\n', a: [] },
    a: {},
    gone: undefined,
  }
  t.is(
    canonicalJson(value),
    `{
 "a": {},
 "b\\ufffd": {"a": [], "z": "\\u00e9\\u007f\\u2028\\ud83d\\ude00\\"\\\\\\n"},
 "b\\ud83d\\ude00": [1.0, 1E3, 0, 8080, true, null]
}
`,
  )
})

test('what has at most 110 characters stands on one line, and nothing that has one of several lines within', t => {
  const long = 'x'.repeat(106)
  t.is(canonicalJson([long]), `["${long}"]\n`)
  t.is(canonicalJson({ a: [`${long}x`] }), `{\n "a": [\n  "${long}x"\n ]\n}\n`)
})

test('any data is printed as ASCII that says the same, whatever the order of its keys', t => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = canonicalJson(value)
      t.regex(text, /^[\n\x20-\x7e]*$/)
      t.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      t.is(canonicalJson(JSON.parse(text)), text)
    }),
  )
})
