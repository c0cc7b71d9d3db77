import fc from 'fast-check'
import { bytes } from '../support/places.ts'

/** What means something to one of the readers, and what no text should hold. */
const TOKENS: readonly Uint8Array[] = [
  ...[
    '\u0000',
    '\u0001',
    '\u001b[2J',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u202e',
    '\ufeff',
    '\r',
    '\r\n',
    '\n',
    '\t',
    '😀',
    '\ud800',
  ],
  ...[
    '#cloud-config\n',
    '#!/bin/sh\n',
    '## template: jinja\n',
    '#include\n',
    '#cloud-config-archive\n',
    '#cloud-boothook\n',
  ],
  ...[
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>-\n',
    '&a ',
    '*a',
    '<<: *a\n',
    '!!binary ',
    '!!python/x ',
    '%YAML 9\n',
  ],
  ...[
    '---\n',
    '...\n',
    '__proto__: ',
    'constructor: ',
    'toString: ',
    '"__proto__": {"x": 1},',
    '\\',
    '\\u0000',
    '${x}',
    '{{ x }}',
    '$(id)',
  ],
  ...[
    '\n--B\n',
    '\n--B--\n',
    'MIME-Version: 1.0\n',
    'Content-Type: multipart/mixed; boundary=B\n\n',
    'Content-Transfer-Encoding: base64\n',
  ],
  ...[
    'Content-Transfer-Encoding: quoted-printable\n\n=',
    'X-Consul-VM-Inject: 0.2.0; operator=7bit\n',
    'X-Consul-VM-Inject: 0.1.0; operator=base64; parts=1\n',
  ],
  ...['X-Consul-VM-Inject: 0.2.0; part=0123456789abcdef\n', 'X-Consul-VM-Inject-Commented: 1/1:2+4=a9294db0f915abd2\n'],
  ...[
    '# >>> consul-vm-inject 0.2.0\n',
    '# <<< consul-vm-inject\n',
    'runcmd:\n',
    'write_files:\n',
    'annotations:\n',
    'apiVersion: v1\nkind: Secret\n',
  ],
  ...[
    '# consul.hashicorp.com/connect-service: "web"\n',
    'consul.hashicorp.com/connect-inject: no\n',
    'consul.hashicorp.com/service-tags: [a]\n',
  ],
  ...[
    'userData: |\n',
    'userDataBase64: aGk=\n',
    'H4sIAAAAAAAAAw==',
    '=',
    '99999999999999999999',
    '-1',
    'null',
    'true',
    '1e999',
  ],
].map(bytes)
const GZIP = Uint8Array.from([0x1f, 0x8b, 0x08])

/** One change: of what sort, where (of ten thousand), how much, and with what. */
const change = fc.record({
  kind: fc.constantFrom('flip', 'insert', 'insert', 'cut', 'end', 'double', 'lines', 'splice', 'digit'),
  at: fc.nat(10_000),
  length: fc.oneof(fc.nat(4), fc.nat(80), fc.nat(2000)),
  token: fc.constantFrom(...TOKENS, GZIP),
  other: fc.nat(10_000),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

const [LONGEST, LINE_FEED] = [65_536, 0x0a]
const joined = (...pieces: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(pieces)).subarray(0, LONGEST)
const placeIn = (content: Uint8Array, tenThousandth: number): number =>
  Math.floor((content.length * tenThousandth) / 10_000)

/** A line, line feed included, in which an offset stands. */
const lineAt = (content: Uint8Array, at: number): readonly [number, number] => {
  const end = content.indexOf(LINE_FEED, at)
  return [content.lastIndexOf(LINE_FEED, at - 1) + 1, end < 0 ? content.length : end + 1]
}

const CHANGES: Readonly<
  Record<Change['kind'], (content: Uint8Array, at: number, change: Change, other: Uint8Array) => Uint8Array>
> = {
  flip: (content, at, { length }) => content.map((byte, index) => (index === at ? byte ^ (1 << (length % 8)) : byte)),
  insert: (content, at, { token }) => joined(content.subarray(0, at), token, content.subarray(at)),
  cut: (content, at, { length }) => joined(content.subarray(0, at), content.subarray(at + length)),
  end: (content, at) => content.slice(0, at),
  double: (content, at, { length }) => joined(content.subarray(0, at + length), content.subarray(at)),
  lines(content, at, { length }) {
    const [start, end] = lineAt(content, at)
    const lines = Array.from({ length: (length % 7) + 1 }, () => content.subarray(start, end))
    return joined(content.subarray(0, start), ...lines, content.subarray(end))
  },
  splice: (content, at, { other: from }, other) =>
    joined(content.subarray(0, at), other.subarray(placeIn(other, from))),
  digit: (content, at, { length }) => {
    const found = content.findIndex((byte, index) => index >= at && byte >= 0x30 && byte <= 0x39)
    return content.map((byte, index) => (index === found ? 0x30 + (length % 10) : byte))
  },
}

/** Bytes that a failure shows as text. */
const readable = (content: Uint8Array): Uint8Array =>
  Object.assign(content, { [fc.toStringMethod]: () => JSON.stringify(Buffer.from(content).toString('latin1')) })

/** Documents of a corpus with some changes, each of them small. */
export const mutated = (corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...corpus), fc.constantFrom(...corpus), fc.array(change, { maxLength: 5, minLength: 1 }))
    .map(([document, other, changes]) =>
      readable(
        changes.reduce<Uint8Array>(
          (content, one) => CHANGES[one.kind](content, placeIn(content, one.at), one, other),
          Uint8Array.from(document),
        ),
      ),
    )
