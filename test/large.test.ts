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
