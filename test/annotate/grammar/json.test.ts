import test from 'ava'
import fc from 'fast-check'
import { jsonArray, jsonObject } from '../../../src/annotate/grammar/json.ts'
import { JsonNumber } from '../../../src/annotate/grammar/json-number.ts'
import { scanJson } from '../../../src/annotate/grammar/json-scan.ts'
import { meaningOf, soundIssue, table } from './table.ts'

table('a JSON object', jsonObject, {
  means: [
    ['', {}],
    [' \n', {}],
    ['{}', {}],
    ['{"local_connect_timeout_ms":1000}', { local_connect_timeout_ms: new JsonNumber('1000') }],
    [
      '{\n  "a": [1, -2.5e3, true, null],\n\t"b": {"c": "d\\n\\u00e9"}\n}',
      { a: [new JsonNumber('1'), new JsonNumber('-2.5e3'), true, null], b: { c: 'd\né' } },
    ],
    ['{"n": 9007199254740991}', { n: new JsonNumber('9007199254740991') }],
  ],
  warns: [['{"a":1, "a":2}', 'key "a" is given twice; the last one counts', undefined, '"a"']],
  refuses: [
    ['[]', '"[]" is an array, not a JSON object', 'write "{...}"'],
    ['null', 'is null, not a JSON object'],
    ['12', 'is a number, not a JSON object'],
    ['"x"', 'is a string, not'],
    ['{a: 1}', "invalid character 'a' looking for beginning of object key string", undefined, 'a'],
    [`{'a': 1}`, "invalid character ''' looking for beginning of object key string", 'double quotes', "'"],
    ['{"a" 1}', "invalid character '1' after object key", undefined, '1'],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`, undefined, '"'],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string", undefined, '}'],
    ['{"a":[1 2]}', "invalid character '2' after array element", undefined, '2'],
    ['{"a":}', "invalid character '}' looking for beginning of value", undefined, '}'],
    ['{"a":1}}', "invalid character '}' after top-level value"],
    ['{"a":1', 'unexpected end of JSON input', undefined, ''],
    ['{"a":"b', 'the string is never closed', undefined, '"b'],
    ['{"a":"b\nc"}', "invalid character '\\u000a' in string literal", undefined, '\n'],
    ['{"a":"\\x41"}', "invalid character '\\' begins a wrong escape in string literal", undefined, '\\'],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":-}', "invalid character '-' in numeric literal"],
    ['{"a":NaN}', "invalid character 'N' looking for beginning of value"],
    ['{"n": 9007199254740993}', '"9007199254740993" is too large a number', 'as a string', '9007199254740993'],
    ['{"n": 1e999}', '"1e999" is too large a number', undefined, '1e999'],
    [`{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'nested more than 64 levels', undefined, '['],
    [`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'nested more than 64 levels', undefined, '{'],
    ['{"a":"\ud800"}', 'half of a surrogate pair'],
    ['{}\0', 'after top-level value'],
  ],
})

table('a JSON array', jsonArray, {
  means: [
    ['', []],
    ['[]', []],
    ['[{"name": "x"}]', [{ name: 'x' }]],
  ],
  refuses: [
    ['[abcdefg]', "invalid character 'a' looking for beginning of value", undefined, 'a'],
    ['{}', '"{}" is an object, not a JSON array', 'write "[...]"'],
  ],
})

test('64 levels of nesting are not too many', t => {
  t.true(jsonObject(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`).ok)
})

test('two numbers too large are both told', t => {
  const parsed = jsonObject('{"a": 1e999, "b": 99999999999999999999}')
  t.is(parsed.ok ? 0 : parsed.issues.length, 2)
})

const accepted = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('every JSON object is read as JSON.parse reads it', t => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }))
  const sane = (text: string): boolean => !/\d{16}|e[+-]?\d/.test(text)
  fc.assert(
    fc.property(value, fc.nat(3), (object, indent) => {
      const text = JSON.stringify(object, null, indent)
      fc.pre(sane(text))
      t.deepEqual(JSON.parse(JSON.stringify(meaningOf(jsonObject(text)))) as unknown, JSON.parse(text) as unknown)
    }),
  )
})

test('a number stays as it was written, also where a number of JavaScript would not', t => {
  for (const text of ['0', '-0', '1.0', '1E3', '1e-7', '0.10', '123456789012345.6789']) {
    const { n } = meaningOf(jsonObject(`{"n":${text}}`)) as { n: JsonNumber }
    t.is(n.text, text)
    t.is(JSON.stringify({ n }), JSON.stringify({ n: Number(text) }))
  }
})

test('what JSON.parse refuses is refused at a place within the text, and nothing else is', t => {
  const tokens = ['{', '}', '[', ']', ',', ':', '"a"', '"', '\\', '1', '-', '0.5', 'e9', 'true', 'nul', ' ', '\n', 'x']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 9 }), parts => {
      const text = parts.join('')
      const { issues } = scanJson(text)
      for (const issue of issues) soundIssue(t, text, issue)
      return (issues.length === 0) === accepted(text)
    }),
    { numRuns: 2000 },
  )
})
