import test from 'ava'
import { decode } from '../../src/decode/decode.ts'
import { inject } from '../../src/index.ts'
import { contentsOf } from '../../src/preview/contents.ts'
import { mimeOf } from '../support/documents.ts'
import { bytes } from '../support/places.ts'

const read = (content: Uint8Array | string) =>
  contentsOf(decode(typeof content === 'string' ? bytes(content) : content, 'web.yaml').userData)
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')
const annotations = ['connect-inject=true', 'connect-service=web']

test('a document is read as it is, its last line ended', t => {
  t.is(read('#cloud-config\n{}').raw, '#cloud-config\n{}\n')
  t.is(read('#!/bin/sh\r\necho é\r\n').raw, '#!/bin/sh\r\necho é\r\n')
  t.is(read('').raw, '')
})

test('parts in base64 and quoted-printable are decoded, and their headers say so', t => {
  const { raw } = read(
    mimeOf(
      `Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n${base64('#!/bin/sh\necho é')}`,
      'Content-Transfer-Encoding: quoted-printable\n\necho =C3=A9',
      'Content-Type: text/plain\n\necho e',
    ),
  )
  t.regex(
    raw,
    /^Content-Transfer-Encoding: base64 \(shown decoded\)\nContent-Type: text\/plain\n\n#!\/bin\/sh\necho é\n--B$/m,
  )
  t.regex(raw, /^Content-Transfer-Encoding: quoted-printable \(shown decoded\)\n\necho é\n--B$/m)
  t.regex(raw, /^Content-Type: text\/plain\n\necho e\n--B--$/m)
})

test('what is not text is said by its length and its digest', t => {
  const part = (last: number): string =>
    mimeOf(`Content-Transfer-Encoding: base64\n\n${base64(Uint8Array.of(0, 1, 2, last))}`)
  t.regex(read(part(3)).raw, /^\(4 characters that are not text, digest [0-9a-f]{16}\)$/m)
  t.not(read(part(3)).raw, read(part(4)).raw)
})

test('the operator reads the same before the injection and in it', t => {
  for (const document of [
    '#cloud-config\n{}\n',
    '#!/bin/sh\necho é',
    '#!/bin/sh\r\nexit\r\n',
    '\u0000\u0001',
    '#!/bin/sh\n\xff',
  ]) {
    const { output } = inject(bytes(document), { annotations, profile: 'prebuilt' })
    t.true(read(output ?? new Uint8Array()).raw.includes(read(document).raw), document)
  }
})

test('secrets of the operator are masked, what is the tool’s own is shown, line by line', t => {
  const input = mimeOf(
    `Content-Transfer-Encoding: base64\n\n${base64('#cloud-config\npassword: |\n  hunter2\n  hunter3')}`,
  )
  const { output } = inject(bytes(input), { annotations })
  for (const content of [bytes(input), output ?? new Uint8Array()]) {
    const { raw, shown } = read(content)
    t.true(raw.includes('hunter2'))
    t.false(/hunter[23]/.test(shown))
    t.is(shown.split('\n').length, raw.split('\n').length)
  }
  t.is(read(output ?? new Uint8Array()).shown.split('********').length, 3)
})

test('a secret that looks like a part of the tool is masked all the same', t => {
  const input = '#!/bin/sh\nBUNDLE = """\nAAAA\n"""\nexport A_TOKEN=hunter2\n'
  const { output } = inject(bytes(input), { annotations })
  t.false(read(output ?? new Uint8Array()).shown.includes('hunter2'))
  t.true(read(output ?? new Uint8Array()).shown.includes('AAAA'))
})
