import test from 'ava'
import fc from 'fast-check'
import { leavesOf, type MimeEntity, parseMime } from '../../src/decode/mime.ts'
import { mimeDocument } from '../support/user-data.ts'

const bodyOf = (text: string, { bodyStart, end }: MimeEntity): string => text.slice(bodyStart, end)
const bodies = (text: string): readonly string[] => leavesOf(parseMime(text)).map(leaf => bodyOf(text, leaf))

const multipart = (body: string, boundary = 'B'): string =>
  `Content-Type: multipart/mixed; boundary=${boundary}\nMIME-Version: 1.0\n\n${body}`

const splits = test.macro<[what: string, text: string, ...bodies: string[]]>({
  exec(t, _, text, ...expected) {
    t.deepEqual(bodies(text), expected)
  },
  title: (_, what) => what,
})

test(
  splits,
  'the parts of a message stand between its delimiters, without the line break before each',
  multipart('--B\n\none\n--B\nContent-Type: text/cloud-config\n\ntwo\n\n--B--\n'),
  'one',
  'two\n',
)
test(splits, 'preamble and epilogue are no parts', multipart('before\n--B\n\none\n--B--\n--B\n\nafter\n--B--\n'), 'one')
test(
  splits,
  'a message without a closing delimiter ends with the text',
  multipart('--B\n\none\n--B\n\ntwo\n'),
  'one',
  'two\n',
)
test(
  splits,
  'lines may end in CRLF',
  multipart('--B\n\none\n--B\n\ntwo\n--B--\n').replaceAll('\n', '\r\n'),
  'one',
  'two',
)
test(splits, 'a delimiter may have blanks behind it', multipart('--B \t\n\none\n--B-- \n'), 'one')
test(
  splits,
  'a longer line is no delimiter',
  multipart('--B\n\none\n--Bx\n--B-\n--B--x\n--B--\n'),
  'one\n--Bx\n--B-\n--B--x',
)
test(splits, 'a boundary may be quoted, with blanks in it', multipart('--a b\n\none\n--a b--\n', '"a b"'), 'one')
test(splits, 'a quoted boundary may hold an escaped quote', multipart('--a"b\n\none\n--a"b--\n', '"a\\"b"'), 'one')
test(splits, 'a boundary is taken literally', multipart('--.+\n\none\n--xx\n--.+--\n', '".+"'), 'one\n--xx')
test(splits, 'an empty part is a part', multipart('--B\n--B\n\n--B--\n'), '', '')
test(splits, 'a part may begin with its body', multipart('--B\n#cloud-config\na: 1\n--B--\n'), '#cloud-config\na: 1')
test(splits, 'a header line without a colon begins the body', multipart('--B\nX: y\nno header\n--B--\n'), 'no header')
test(
  splits,
  'a nested message is flattened in order',
  multipart(`--B\n${multipart('--C\n\none\n--C\n\ntwo\n--C--\n', 'C')}\n--B\n\nthree\n--B--\n`),
  'one',
  'two',
  'three',
)
test(
  splits,
  'a nested message without a closing delimiter ends where the outer part does',
  multipart(`--B\n${multipart('--C\n\none', 'C')}\n--B\n\ntwo\n--B--\n`),
  'one',
  'two',
)
test(splits, 'an mbox line in front is skipped', `From me Mon Jan  1\n${multipart('--B\n\none\n--B--\n')}`, 'one')
test(
  splits,
  'a single message is its own part',
  'MIME-Version: 1.0\nContent-Type: text/cloud-config\n\na: 1\n',
  'a: 1\n',
)
test(
  splits,
  'a message without its boundary has one part',
  multipart('--B\n\none\n--B--\n').replace('boundary=B', ''),
  '--B\n\none\n--B--\n',
)
test(splits, 'headers alone have an empty body', 'MIME-Version: 1.0', '')
test(
  splits,
  'a blank line in front makes the headers a body',
  `\n${'MIME-Version: 1.0\n\nx'}`,
  'MIME-Version: 1.0\n\nx',
)

const header = test.macro<[what: string, headers: string, expected: Partial<MimeEntity>]>({
  exec(t, _, headers, expected) {
    t.like(parseMime(`MIME-Version: 1.0\n${headers}\n\nbody`), expected)
  },
  title: (_, what) => what,
})

test(header, 'a type is lower-cased', 'CONTENT-TYPE: Text/X-ShellScript; charset=x', {
  contentType: 'text/x-shellscript',
})
test(header, 'without a type it is plain text', 'X: y', { contentType: 'text/plain', encoding: '7bit' })
test(header, 'a type with two slashes is plain text', 'Content-Type: multipart/mixed: text/plain; boundary=x', {
  contentType: 'text/plain',
  boundary: undefined,
})
test(header, 'a boundary may be written the long way', "Content-Type: multipart/mixed; boundary*=us-ascii''a%20b", {
  boundary: 'a b',
})
test(
  header,
  'a boundary without quotes may have blanks in it, but not at its end',
  'Content-Type: multipart/mixed; boundary=a b ;x=y',
  {
    boundary: 'a b',
  },
)
test(
  header,
  'a semicolon in quotes parts no parameters',
  'Content-Type: multipart/mixed; x="; boundary=no"; boundary="a;b"',
  {
    boundary: 'a;b',
  },
)
test(header, 'a type that is none is plain text', 'Content-Type: nonsense', { contentType: 'text/plain' })
test(header, 'the transfer encoding is lower-cased', 'Content-Transfer-Encoding: BASE64', { encoding: 'base64' })
test(
  header,
  'a file name comes from the disposition',
  'Content-Type: text/plain; name=b\nContent-Disposition: attachment; filename="a;b.sh"',
  {
    filename: 'a;b.sh',
  },
)
test(header, 'or from the type', 'Content-Type: text/plain; name=b.sh', { filename: 'b.sh' })
test(
  header,
  'a folded header is one',
  'Content-Type: multipart/mixed;\n\tboundary="x y"\nContent-Transfer-Encoding: 8bit',
  {
    boundary: 'x y',
    encoding: '8bit',
  },
)
test(header, 'only a multipart has a boundary', 'Content-Type: text/plain; boundary=x', { boundary: undefined })
test(
  header,
  'of two headers the first counts, with its own lines',
  'X: a\nContent-Type: text/html\nContent-Type: text/plain;\n name=b',
  {
    contentType: 'text/html',
    filename: undefined,
  },
)
test(
  header,
  'a long file name of RFC 2231 is decoded',
  "Content-Disposition: attachment; filename*=utf-8''a%20b%C3%A9.sh",
  {
    filename: 'a bé.sh',
  },
)
test(header, 'and one that does not decode is taken as it is', "Content-Disposition: attachment; filename*=x''%E9", {
  filename: "x''%E9",
})
test(
  header,
  'an encoded word in a name stays as it is, as in cloud-init',
  'Content-Disposition: attachment; filename="=?utf-8?Q?zz?="',
  {
    filename: '=?utf-8?Q?zz?=',
  },
)
test(
  header,
  'a parameter of another name is not mistaken',
  'Content-Disposition: attachment; xfilename=a; filename=b',
  {
    filename: 'b',
  },
)

test('a document that merely mentions MIME-Version has no headers, and its body is all of it', t => {
  const text = '#cloud-config\n# mime-version: 1.0\n'
  const entity = parseMime(text)
  t.is(entity.headers.size, 0)
  t.is(bodyOf(text, entity), text)
})

test('messages nested without end are read to a depth, and do not overflow the stack', t => {
  const levels = Array.from({ length: 3000 }, (_, at) => multipart(`--b${at}\n`, `b${at}`))
  t.is(leavesOf(parseMime(levels.join(''))).length, 1)
})

test('no text makes the parser throw, and every part lies within its parent', t => {
  const within = (parent: MimeEntity): boolean =>
    parent.children.every(child => parent.bodyStart <= child.start && child.end <= parent.end && within(child)) &&
    parent.start <= parent.bodyStart &&
    parent.bodyStart <= parent.end
  const unit = fc.constantFrom('--B', '--', '\n', '\r', ':', ' ', 'Content-Type: multipart/mixed; boundary=B', 'x', '"')
  fc.assert(
    fc.property(fc.oneof(mimeDocument, fc.string({ unit, maxLength: 30 })), text => {
      t.true(within(parseMime(text)))
    }),
  )
})
