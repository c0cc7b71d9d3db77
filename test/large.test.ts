import { gzipSync } from 'node:zlib'
import test from 'ava'
import { inject, preview, uninject } from '../src/index.ts'

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' as const }
const HEAD = '#cloud-config\n'
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('')

/** What overflows the stack, or never ends, where it is read by a pattern or copied once for each line. */
const LARGE: readonly (readonly [title: string, document: () => string])[] = [
  ['four million blank lines above it', () => `${'\n'.repeat(4_000_000)}${HEAD}a: 1\n`],
  ['a million comments above it', () => `${HEAD}${'# x\n'.repeat(1_000_000)}a: 1\n`],
  ['binary content of many megabytes', () => `${HEAD}a: !!binary |\n${`  ${'QUJD'.repeat(19)}\n`.repeat(200_000)}`],
  ['a quoted text of many megabytes', () => `${HEAD}a: "${'x\\n'.repeat(4_000_000)}"\n`],
  ['a list with a million comments before its end', () => `${HEAD}a: [b\n${'# x\n'.repeat(1_000_000)}]\n`],
  ['a line of base64 of many megabytes', () => `${HEAD}a: ${'QUJD'.repeat(2_000_000)}\n`],
  ['a list of many items in one line', () => `${HEAD}a: [${lines(50_000, at => `item-${at}, `)}last]\n`],
  [
    'an annotation of many lines, which leave as comments',
    () =>
      `${HEAD}annotations:\n  consul.hashicorp.com/service-tags: [\n${lines(20_000, at => (at % 10 === 0 ? `    t${at},\n` : '\n\n'))}    ]\na: 1\n`,
  ],
  ['a script in one line', () => `#!/bin/sh\n: ${'word '.repeat(1_000_000)}\n`],
  [
    'a message of many parts',
    () =>
      `Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n${lines(20_000, at => `--==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho ${at}\n`)}--==--\n`,
  ],
  [
    'a part with a line of blanks in quoted-printable',
    () =>
      `Content-Type: text/x-shellscript\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\n${' '.repeat(500_000)}x\n`,
  ],
]

for (const [title, document] of LARGE) {
  test(`a large document is injected and comes back: ${title}`, t => {
    const input = Buffer.from(document())
    const { output, diagnostics } = inject(input, OPTIONS)
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
    t.true(Buffer.from(uninject(output ?? new Uint8Array()).output ?? '').equals(input))
  })
}

test('a list of many items in one line is previewed', t => {
  const input = Buffer.from(`${HEAD}a: [${lines(20_000, at => `item-${at}, `)}last]\n`)
  t.not(preview(input, OPTIONS).preview, undefined)
})

test('of more than a megabyte no preview is made, in words, also of what gzip or base64 hold', t => {
  const large = Buffer.from(`${HEAD}a: ${'QUJD'.repeat(300_000)}\n`)
  for (const input of [large, gzipSync(large), Buffer.from(large.toString('base64'))]) {
    const { preview: none, diagnostics } = preview(input, OPTIONS)
    t.is(none, undefined)
    t.deepEqual(
      diagnostics.map(({ code, message }) => [code, message]),
      [['E107', '<stdin> is larger than the 1 MiB that preview shows']],
    )
  }
  const small = Buffer.from(`${HEAD}a: 1\n`)
  const { output = small } = inject(large, OPTIONS)
  t.deepEqual(
    preview(small, { ...OPTIONS, against: { name: 'large', bytes: output } }).diagnostics.map(({ code }) => code),
    ['E107'],
  )
})

test('of an error in a document that is too long to be searched for secrets no text is shown', t => {
  const { diagnostics } = preview(
    Buffer.from(`${HEAD}# consul.hashicorp.com/x: y\npassword: geheim\n${'# x\n'.repeat(300_000)}`),
    OPTIONS,
  )
  const [{ span } = {}] = diagnostics
  t.regex(span?.source.text ?? '', /^[*\n]+$/)
})

test('base64 of a megabyte is masked where it holds a secret, and fills no stack', t => {
  const packed = Buffer.from(`${'# x\n'.repeat(100_000)}password: geheim\n`).toString('base64')
  const input = Buffer.from(`${HEAD}a: ${packed}\nb: ${'QUJD'.repeat(100_000)}\n`)
  const changes = JSON.stringify(preview(input, OPTIONS).preview?.changes)
  t.false(changes.includes(packed.slice(0, 40)))
  t.true(changes.includes('********'))
})
