import test from 'ava'
import fc from 'fast-check'
import { type Format, formatOf, formatOfPart, looksLikeMime } from '../../src/decode/format.ts'
import { bytes } from '../support/places.ts'

const is = test.macro<[text: string, format: Format]>({
  exec(t, text, format) {
    t.is(formatOf(text), format)
  },
  title: (_, text, format) => `${JSON.stringify(text)} is ${format}`,
})

for (const [text, format] of [
  ['#cloud-config', 'cloud-config'],
  ['#cloud-config\r\na: 1\r\n', 'cloud-config'],
  ['#cloud-configXYZ', 'cloud-config'],
  ['#cloud-config # c', 'cloud-config'],
  ['#Cloud-CONFIG\n', 'cloud-config'],
  ['\n\n  \t#cloud-config\n', 'cloud-config'],
  ['\u0085\u00a0\x1c#cloud-config\n', 'cloud-config'],
  ['#cloud-config-archive\n- x', 'cloud-config-archive'],
  ['#cloud-config-archives', 'cloud-config-archive'],
  ['#cloud-config-jsonp\n[]', 'cloud-config-jsonp'],
  ['#cloud-config-json', 'cloud-config'],
  ['#!/bin/sh', 'script'],
  ['#!', 'script'],
  ['#cloud-boothook\n#!/bin/sh', 'boothook'],
  ['#include\nhttps://example.com', 'include'],
  ['#include https://example.com', 'include'],
  ['#include-once\n', 'include'],
  ['#INCLUDE-ONCE', 'include'],
  ['#part-handler\n', 'part-handler'],
  ['## template: jinja\n#cloud-config', 'jinja'],
  ['## Template: Jinja', 'jinja'],
  ['## template:jinja\n#cloud-config', 'unknown'],
  ['##  template: jinja', 'unknown'],
  ['# template: jinja', 'unknown'],
  ['\uFEFF#cloud-config\n', 'unknown'],
  ['\n\uFEFF#cloud-config\n', 'unknown'],
  ['# cloud-config\n', 'unknown'],
  ['# a comment\n#cloud-config\n', 'unknown'],
  ['packages: [nginx]', 'unknown'],
  ['{"packages": []}', 'unknown'],
  ['I2Nsb3VkLWNvbmZpZwo=', 'unknown'],
  ['', 'empty'],
  [' \r\n\t', 'empty'],
] as const) {
  test(is, text, format)
}

const part = test.macro<[type: string, text: string, format: Format]>({
  exec(t, type, text, format) {
    t.is(formatOfPart(type, text), format)
  },
  title: (_, type, text, format) => `a part that says ${type} and begins ${JSON.stringify(text)} is ${format}`,
})

test(part, 'text/plain', '#cloud-config\n', 'cloud-config')
test(part, 'text/plain', 'no header', 'unknown')
test(part, 'text/plain', '## template: jinja\n#!/bin/sh', 'jinja')
test(part, 'text/x-not-multipart', '#!/bin/sh', 'script')
test(part, 'text/x-shellscript', '#cloud-config\n', 'cloud-config')
test(part, 'text/x-shellscript', 'echo', 'script')
test(part, 'text/x-shellscript', '', 'script')
test(part, 'text/cloud-config', '#!/bin/sh', 'cloud-config')
test(part, 'text/cloud-config', '## template: jinja\n', 'cloud-config')
test(part, 'text/jinja2', '#cloud-config', 'jinja')
test(part, 'text/cloud-boothook', 'x', 'boothook')
test(part, 'text/x-shellscript-per-boot', '#cloud-config', 'script')
test(part, 'text/x-include-once-url', 'x', 'include')
test(part, 'application/pdf', '#cloud-config', 'unknown')

test('a document is taken for MIME when its first 4096 bytes mention MIME-Version, in any case', t => {
  t.true(looksLikeMime(bytes('#cloud-config\n# mime-VERSION: 1\n')))
  t.true(looksLikeMime(bytes(`${' '.repeat(4096 - 13)}MIME-Version:`)))
  t.false(looksLikeMime(bytes(`${' '.repeat(4096 - 12)}MIME-Version:`)))
  t.false(looksLikeMime(bytes('MIME-Version 1.0')))
})

test('a document in a larger buffer is judged by its own bytes', t => {
  const whole = bytes('MIME-Version: 1.0 and #cloud-config')
  t.false(looksLikeMime(whole.subarray(1)))
  t.false(looksLikeMime(whole.subarray(0, 5)))
})

test('white space before a document and letter case never change its format', t => {
  const openings = fc.constantFrom('#cloud-config', '#!', '#include-once', '## template: jinja', '#cloud-config-jsonp')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r', '\f') }), openings, (space, opening) => {
      t.is(formatOf(space + opening.toUpperCase()), formatOf(opening))
    }),
  )
})
