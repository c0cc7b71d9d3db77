import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { decode } from '../../src/decode/decode.ts'
import { UNPACKED_LIMIT } from '../../src/decode/gzip.ts'
import { decodeBare, type UserData, wrap } from '../../src/decode/user-data.ts'
import { brief, bytes, codes, latin1, placeOf, pointedAt, text } from '../support/places.ts'
import { bareUserData, userData } from '../support/user-data.ts'

const read = (input: Uint8Array): UserData => decode(input, 'web').userData
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')
const CONFIG = '#cloud-config\npackages: [nginx]\n'

const wrapped = test.macro<[what: string, input: Uint8Array, wrappings: string, content: string]>({
  exec(t, _, input, wrappings, content) {
    const { userData, diagnostics } = decode(input, 'web')
    t.deepEqual(diagnostics, [])
    t.is(userData.wrappings.map(({ kind }) => kind).join(), wrappings)
    t.is(text(userData.bytes), content)
    t.is(userData.source.text, content)
  },
  title: (_, what) => what,
})

test(wrapped, 'a bare document wears nothing', bytes(CONFIG), '', CONFIG)
test(wrapped, 'gzip is taken off', gzipSync(CONFIG), 'gzip', CONFIG)
test(wrapped, 'base64 is taken off', bytes(base64(CONFIG)), 'base64', CONFIG)
test(wrapped, 'base64 of gzip is taken off, both', bytes(`${base64(gzipSync(CONFIG))}\n`), 'base64,gzip', CONFIG)
test(
  wrapped,
  'base64 of MIME is taken off',
  bytes(base64('X: y\nMIME-Version: 1.0\n\nx')),
  'base64',
  'X: y\nMIME-Version: 1.0\n\nx',
)

test('base64 of what is no user-data is a document of its own, which cloud-init ignores', t => {
  const { userData, diagnostics } = decode(bytes(base64('hello, world')), 'web')
  t.deepEqual([userData.wrappings, userData.format, codes(diagnostics)], [[], 'unknown', ['W101']])
})

test('base64 within gzip is not taken off, as cloud-init does not', t => {
  const { wrappings, format } = read(gzipSync(base64(CONFIG)))
  t.deepEqual([wrappings.map(({ kind }) => kind), format], [['gzip'], 'unknown'])
})

test('gzip is taken off once only', t => {
  const { wrappings, bytes: inner } = read(gzipSync(gzipSync(CONFIG)))
  t.deepEqual([wrappings.length, inner[0]], [1, 0x1f])
})

test('damaged gzip is kept as it is, and said once', t => {
  const { userData, diagnostics } = decode(gzipSync(CONFIG).subarray(0, -5), 'web')
  t.deepEqual([userData.wrappings, codes(diagnostics)], [[], ['W103']])
  t.regex(diagnostics[0]?.message ?? '', /begins like gzip/)
})

test('a bomb is an error', t => {
  const { diagnostics } = decode(gzipSync(Buffer.alloc(UNPACKED_LIMIT + 1), { level: 1 }), 'web')
  t.deepEqual(codes(diagnostics), ['E101'])
  t.regex(diagnostics[0]?.message ?? '', /16 MiB/)
})

test('what was taken off goes on again: the same layout of base64, gzip within it', t => {
  const layouts = [base64(gzipSync(CONFIG)), base64(CONFIG), `${base64(CONFIG).replaceAll(/.{8}/g, '$&\r\n')}\r\n`]
  for (const given of layouts) {
    const userData = read(bytes(given))
    t.is(text(read(wrap(userData.bytes, userData.wrappings)).bytes), CONFIG)
    t.deepEqual(read(wrap(userData.bytes, userData.wrappings)).wrappings, userData.wrappings)
  }
  const [, plain, lines] = layouts
  for (const given of [plain, lines]) {
    const { bytes: inner, wrappings } = read(bytes(given ?? ''))
    t.is(text(wrap(inner, wrappings)), given ?? '')
  }
})

test('any bytes can be read, wrapped or not, and wrapping them again gives the same document', t => {
  fc.assert(
    fc.property(userData, input => {
      const first = read(input)
      const again = read(wrap(first.bytes, first.wrappings))
      t.deepEqual([text(again.bytes), again.wrappings.length], [text(first.bytes), first.wrappings.length])
    }),
  )
})

test('text is UTF-8 with its byte order mark, or a character a byte when it is not UTF-8', t => {
  t.like(read(bytes('\uFEFF#cloud-config é')), { charset: 'utf-8', source: { text: '\uFEFF#cloud-config é' } })
  t.like(read(latin1('#cloud-config é')), { charset: 'latin1', source: { text: '#cloud-config é' } })
})

test('documents lie within their sources', t => {
  fc.assert(
    fc.property(bareUserData, input => {
      const { documents, source } = decodeBare(input, 'web').userData
      t.true(documents.length > 0)
      for (const { start, end, source: own, editable } of documents) {
        t.true(0 <= start && start <= end && end <= own.text.length)
        t.is(own === source, editable)
      }
    }),
  )
})

const MIME = (...parts: readonly string[]): string =>
  `Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n${parts.map(part => `--B\n${part}\n`).join('')}--B--\n`

test('the documents of a MIME message are its parts, each with its format and its place', t => {
  const { documents, format } = read(
    bytes(
      MIME(
        'Content-Type: text/cloud-config\n\na: 1',
        '\n#!/bin/sh',
        'Content-Type: text/jinja2\n\n## template: jinja\n#cloud-config\n',
        'Content-Type: image/png\n\nx',
      ),
    ),
  )
  t.is(format, 'mime')
  t.deepEqual(
    documents.map(({ format: own, renders, source, start, editable }) => [
      own,
      renders,
      placeOf({ source, start, end: start }),
      editable,
    ]),
    [
      ['cloud-config', 'cloud-config', '7:1', true],
      ['script', 'script', '10:1', true],
      ['jinja', 'cloud-config', '14:1', true],
      ['unknown', 'unknown', '20:1', true],
    ],
  )
})

const encoded = test.macro<[what: string, headers: string, body: string, expected: string, format: string]>({
  exec(t, _, headers, body, expected, format) {
    const document = read(bytes(MIME('\n#!/bin/sh', `${headers}\n\n${body}`))).documents[1]
    t.like(document, { format, editable: false, source: { name: 'web (part 2: web.sh)', text: expected } } as never)
  },
  title: (_, what) => `the document of a part in ${what} is read from what it decodes to`,
})
const NAMED = 'Content-Disposition: attachment; filename=web.sh\nContent-Transfer-Encoding: '

test(encoded, 'base64', `${NAMED}base64`, base64('#cloud-config\né: 1'), '#cloud-config\né: 1', 'cloud-config')
test(encoded, 'base64 with stray lines', `${NAMED}Base64`, `\n${base64('#!/bin/sh\n')} \n\n`, '#!/bin/sh\n', 'script')
test(
  encoded,
  'quoted-printable',
  `${NAMED}quoted-printable`,
  '#cloud-config\na=3D=C3=A9: so=\nft',
  '#cloud-config\na=é: soft',
  'cloud-config',
)
test(
  encoded,
  'base64 of gzip',
  `Content-Type: application/gzip\n${NAMED}base64`,
  base64(gzipSync('#!/bin/sh')),
  '#!/bin/sh',
  'script',
)

test('a document that merely mentions MIME-Version is one document', t => {
  const content = '#cloud-config\n# mime-version: 1.0\na: 1\n'
  const { documents, format } = read(bytes(content))
  t.is(format, 'cloud-config')
  t.like(documents, [{ start: 0, end: content.length, editable: true }] as never)
})

test('a jinja template renders to what its second line says', t => {
  const renders = (content: string): string | undefined => read(bytes(content)).documents[0]?.renders
  t.is(renders('## template: jinja\n#cloud-config\n'), 'cloud-config')
  t.is(renders('## template: jinja\n#!/bin/sh\n'), 'script')
  t.is(renders('## template: jinja\r\n\r\n#cloud-config\r\n'), 'cloud-config')
  t.is(renders('## template: jinja'), 'empty')
})

const warns = test.macro<[what: string, code: string, input: Uint8Array, message: RegExp, hint: RegExp, place: string]>(
  {
    exec(t, _, code, input, message, hint, place) {
      const { diagnostics } = decode(input, 'web')
      t.deepEqual(codes(diagnostics), [code])
      t.regex(diagnostics.map(brief).join(), message)
      t.regex(diagnostics[0]?.hint ?? '', hint)
      t.is(pointedAt(diagnostics[0]?.span), place)
    },
    title: (_, what) => `${what} is said to be no use to cloud-init`,
  },
)

test(
  warns,
  'a document with a byte order mark',
  'W101',
  bytes('\uFEFF#cloud-config\n'),
  /1:1 cloud-init does not recognise/,
  /byte order mark/,
  '\uFEFF#cloud-config',
)
test(
  warns,
  'a misspelt jinja header',
  'W101',
  bytes('## template:jinja\n'),
  /recognise/,
  /exactly `## template: jinja`/,
  '## template:jinja',
)
test(warns, 'a document without a header', 'W101', bytes('a: 1\r\nb: 2\n'), /recognise/, /#cloud-config/, 'a: 1')
test(
  warns,
  'MIME below a blank line',
  'W101',
  bytes('\nMIME-Version: 1.0\nContent-Type: text/cloud-config\n\na: 1'),
  /recognise/,
  /^a MIME document begins at once with its headers/,
  '\n',
)
test(
  warns,
  'MIME that is not UTF-8',
  'W104',
  latin1(MIME('\n#!/bin/sh\n# é')),
  /not UTF-8/,
  /base64/,
  'Content-Type: multipart/mixed; boundary=B',
)
test(
  warns,
  'MIME with text outside ASCII',
  'W105',
  bytes(MIME('\n#!/bin/sh\n# é')),
  /7:3 cloud-init damages/,
  /base64/,
  'é',
)

test('nothing is said of a document that cloud-init takes, nor of an empty one', t => {
  for (const content of [
    CONFIG,
    '#!/bin/sh',
    '',
    MIME('\n#!/bin/sh'),
    '## template: jinja\n#cloud-config',
    '#cloud-config\né: 1',
  ]) {
    t.deepEqual(decode(bytes(content), 'web').diagnostics, [], content)
  }
})
