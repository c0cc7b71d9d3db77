import fc from 'fast-check'

/** A multipart document, and what its parts are. */
export interface Multipart {
  readonly text: string
  /** The parts at its first level, headers included, as they stand. */
  readonly parts: readonly string[]
  readonly newline: '\n' | '\r\n'
  readonly closed: boolean
}

const BOUNDARIES = [
  ['B', 'B'],
  ['NODE', '"NODE"'],
  ['a b', '"a b"'],
  ['==.+*?^${}()|[]\\x==', '"==.+*?^${}()|[]\\\\x=="'],
  ["_'(),./:=?", '"_\'(),./:=?"'],
  ['a;b', '"a;b"'],
  ['BB', 'BB'],
  ['a"b', '"a\\"b"'],
  ['MIMEBOUNDARY', ' MIMEBOUNDARY ; charset="us-ascii"'],
] as const

const ANNOTATED =
  '#cloud-config\nconsul.hashicorp.com/connect-inject: true\nconsul.hashicorp.com/service-tags:\n  - a\npackages: [x]\n'

const NODE_CONFIG = '---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n'

/** Headers of a part, and what it holds. */
const PARTS = [
  ['Content-Type: application/node.eks.aws', NODE_CONFIG],
  ['Content-Type: text/x-shellscript; charset="us-ascii"', '#!/bin/bash\necho ready\n'],
  [
    'Content-Type: text/x-shellscript\nContent-Disposition: attachment;\n filename="zzz late.sh"',
    '#!/bin/sh\r\necho late\r\n',
  ],
  ['Content-Type: text/cloud-config\nMerge-Type: list(append)', '#cloud-config\nruncmd: [ls]'],
  ['Content-Type: text/cloud-config', ANNOTATED],
  ['Content-Type: text/cloud-boothook', '#!/bin/sh\ntrue\n\n\n'],
  ['Content-Type: text/plain\nContent-Transfer-Encoding: base64', 'IyEvYmluL3NoCmVjaG8gYgo=\n'],
  ['Content-Type: text/x-shellscript', '#!/bin/sh\n--\n--Bx\n--C\n'],
  ['', '#!/bin/sh\necho no headers'],
] as const

const inner = (closed: boolean, boundary: string): readonly [string, string] => [
  `Content-Type: multipart/alternative; boundary="${boundary}"`,
  `--${boundary}\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho inner\n${closed ? `--${boundary}--\n` : ''}`,
]

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PARTS) },
  fc.constantFrom(inner(true, 'C'), inner(false, 'C'), inner(true, 'BBB'), inner(false, 'NODE-')),
)

/** Multipart documents of every kind: line ends, boundaries, subtypes, preamble, epilogue, without an end, without parts. */
export const multipart: fc.Arbitrary<Multipart> = fc
  .record({
    parts: fc.array(part, { maxLength: 4 }),
    crlf: fc.boolean(),
    lfBodies: fc.boolean(),
    boundary: fc.constantFrom(...BOUNDARIES),
    subtype: fc.constantFrom('mixed', 'mixed', 'mixed', 'alternative', 'related', 'Mixed'),
    preamble: fc.constantFrom('', '', 'This is a multipart message.\n', '\n\n'),
    epilogue: fc.constantFrom('', '', '\n', 'The end.\n', '--B\n\nno part\n', 'no line end'),
    end: fc.constantFrom('closed', 'closed', 'closed', 'without a line end', 'open', 'open without a line end'),
    mbox: fc.constantFrom('', '', '', 'From nobody Mon Jan  1 00:00:00 2024\n'),
  })
  .map(({ parts, crlf, lfBodies, boundary: [boundary, written], subtype, preamble, epilogue, end, mbox }) => {
    const newline = crlf ? '\r\n' : '\n'
    const lines = (text: string): string => text.replaceAll(/\r?\n/g, newline)
    const cut = end === 'open without a line end'
    const whole = parts.map(([headers, body], index) => {
      const head = headers === '' ? '' : lines(`${headers}\n`)
      // The last line break of a message without an end belongs to a delimiter, also to one that is not there.
      const last = cut && index === parts.length - 1 ? body.trimEnd() : body
      return `${head}${newline}${lfBodies ? last : lines(last)}`
    })
    const closed = end === 'closed' || end === 'without a line end'
    const head = lines(
      `${mbox}Content-Type: multipart/${subtype}; boundary=${written}\nMIME-Version: 1.0\n\n${preamble}`,
    )
    const body = whole.map(content => `--${boundary}${newline}${content}${newline}`).join('')
    const tail = end === 'closed' ? `--${boundary}--${newline}${lines(epilogue)}` : closed ? `--${boundary}--` : ''
    const text = head + body + tail
    return {
      text: cut && whole.length > 0 ? text.slice(0, -newline.length) : text,
      parts: whole,
      newline,
      closed,
    }
  })
