import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { bytes, latin1 } from './places.ts'

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const newline = fc.constantFrom('\n', '\r\n')

/** Text of lines, with what makes documents hard: no last line feed, CR, tabs, white space, characters outside ASCII. */
const lines = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom(
        '',
        ' ',
        '\t',
        '# a comment',
        '---',
        '--',
        '--==x==',
        'From me',
        'é',
        '😀',
        '\r',
        '.',
        'mime-version: 1.0',
      ),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 8 },
  )
  .chain(all => fc.tuple(newline, fc.boolean()).map(([end, last]) => all.join(end) + (last ? end : '')))

const beginning = (header: string): fc.Arbitrary<string> =>
  fc.tuple(newline, lines).map(([end, rest]) => `${header}${end}${rest}`)

const KEYS = [
  'packages: [nginx]',
  'hostname: web',
  'runcmd:\n  - echo "a: b"\n  - [ls, -l]',
  'ntp: {enabled: yes}',
  'users:\n- default\n',
]
const ANNOTATIONS = [
  'consul.hashicorp.com/connect-inject: "true"',
  '"consul.hashicorp.com/connect-service": web',
  'consul.hashicorp.com/service-tags:\n  - a\n\n  # why\n  - b',
  'consul.hashicorp.com/service-meta-note: |\n  one\n\n  two',
  'annotations:\n  consul.hashicorp.com/connect-service-port: 8080 # http\n  consul.hashicorp.com/service-meta-a: b',
  'metadata:\n  name: web\n  annotations: {consul.hashicorp.com/transparent-proxy: yes}',
  'consul.hashicorp.com/proxy-config-map:\n  local_connect_timeout_ms: 5000',
]

/** A cloud-config of distinct top-level entries, some of them annotations, with comments and blank lines between. */
export const cloudConfig: fc.Arbitrary<string> = fc
  .record({
    entries: fc.shuffledSubarray([...KEYS, ...ANNOTATIONS]),
    between: fc.array(fc.constantFrom('', '\n', '# a comment\n', '\n# é\n\n'), { minLength: 12, maxLength: 12 }),
    indent: fc.constantFrom('', '', ' ', '    '),
    crlf: fc.boolean(),
    end: fc.constantFrom('', '\n', '\n\n', '\n...\n', '\n# the end'),
  })
  .map(({ entries, between, indent, crlf, end }) => {
    const body = entries.map((entry, at) => between[at] + entry.replaceAll(/^(?=.)/gm, indent)).join('\n')
    const whole = `#cloud-config\n${body}${end}`
    return crlf ? whole.replaceAll('\n', '\r\n') : whole
  })

const annotated = fc.constantFrom(
  '',
  '# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n',
)

/** One document that is not MIME, of every format that cloud-init knows and of none. */
export const plainDocument: fc.Arbitrary<string> = fc.oneof(
  cloudConfig,
  ...[
    '#!/bin/sh',
    '#cloud-boothook\n#!/bin/sh',
    '#include\nhttps://example.com/a',
    '#include-once',
    '#part-handler',
    '#cloud-config-archive\n- type: text/plain\n  content: x',
    '#cloud-config-jsonp\n[]',
    '## template: jinja\n#cloud-config',
    '## template: jinja\n#!/bin/sh\necho {{ v1.instance_id }}',
    '# no header',
  ].map(header => fc.tuple(beginning(header), annotated).map(([text, notes]) => text.replace(/\n|$/, `\n${notes}`))),
)

const CTE = ['7bit', 'base64', '8bit']

/** A MIME document: nested, unterminated, with an mbox line, CRLF or LF, or a single message. */
export const mimeDocument: fc.Arbitrary<string> = fc
  .record({
    parts: fc.array(fc.tuple(plainDocument, fc.constantFrom(...CTE), fc.constantFrom('', 'a.sh', 'zzz')), {
      maxLength: 3,
    }),
    nested: fc.boolean(),
    terminated: fc.boolean(),
    mbox: fc.boolean(),
    crlf: fc.boolean(),
    boundary: fc.constantFrom('B', '==x==', 'a b'),
  })
  .map(({ parts, nested, terminated, mbox, crlf, boundary }) => {
    const body = parts.map(([content, encoding, name]) => {
      const disposition = name === '' ? '' : `Content-Disposition: attachment; filename="${name}"\n`
      const packed = encoding === 'base64' ? Buffer.from(content).toString('base64') : content
      return `Content-Type: text/plain\nContent-Transfer-Encoding: ${encoding}\n${disposition}\n${packed}`
    })
    const wrapped = (all: readonly string[], limit: string): string =>
      `Content-Type: multipart/mixed; boundary="${limit}"\nMIME-Version: 1.0\n\n${all.map(part => `--${limit}\n${part}\n`).join('')}${terminated ? `--${limit}--\n` : ''}`
    const whole = wrapped(nested ? [wrapped(body, 'inner'), ...body] : body, boundary)
    const text = `${mbox ? 'From nobody Mon Jan  1 00:00:00 2024\n' : ''}${whole}`
    return crlf ? text.replaceAll(/\r?\n/g, '\r\n') : text
  })

/** Any user-data without wrappings: documents of every format, and bytes of no format at all. */
export const bareUserData: fc.Arbitrary<Uint8Array> = fc.oneof(
  plainDocument.map(bytes),
  mimeDocument.map(bytes),
  plainDocument.map(latin1),
  fc
    .tuple(fc.constantFrom('#cloud-config\n', 'MIME-Version: 1.0\n', '', '\n'), fc.uint8Array({ maxLength: 60 }))
    .map(([head, tail]) => Uint8Array.from([...bytes(head), ...tail])),
)

const inBase64 = (content: Uint8Array): string => Buffer.from(content).toString('base64')

/** User-data as it reaches the tool: bare, in gzip, in base64, in both. */
export const userData: fc.Arbitrary<Uint8Array> = fc
  .tuple(bareUserData, fc.constantFrom('bare', 'bare', 'gzip', 'base64', 'both'))
  .map(([content, wrapping]) => {
    if (wrapping === 'gzip') return gzipSync(content)
    if (wrapping === 'base64') return bytes(inBase64(content))
    if (wrapping === 'both') return bytes(inBase64(gzipSync(content)).replaceAll(/.{60}/g, '$&\n'))
    return content
  })
