import test from 'ava'
import fc from 'fast-check'
import { leavesOf, type MimeEntity, parseMime } from '../../src/decode/mime.ts'
import { decodeBare } from '../../src/decode/user-data.ts'
import { VERSION } from '../../src/version.ts'
import { weave } from '../../src/weave/envelope.ts'
import { mimeOf } from '../support/documents.ts'
import { injection } from '../support/injections.ts'
import { bytes, latin1, text } from '../support/places.ts'
import { bareUserData, plainDocument } from '../support/user-data.ts'

const woven = (content: Uint8Array, cuts: readonly number[] = []): string =>
  text(weave(decodeBare(content, 'web').userData, cuts, injection).bytes)

const bodyOf = (content: string, { bodyStart, end }: MimeEntity): string => content.slice(bodyStart, end)

const GOLDEN = `Content-Type: multipart/mixed; boundary="BOUNDARY"
MIME-Version: 1.0
X-Consul-VM-Inject: ${VERSION}; operator=7bit

--BOUNDARY
Content-Type: text/plain; charset="us-ascii"
MIME-Version: 1.0
Content-Transfer-Encoding: 7bit

#cloud-config
packages: [nginx]

--BOUNDARY
Content-Type: text/cloud-boothook; charset="us-ascii"
Content-Transfer-Encoding: 7bit
Content-Disposition: attachment; filename="consul-vm-inject-guest"
X-Consul-VM-Inject: ${VERSION}; part=DIGEST

#!/bin/sh
# installs
exit 0

--BOUNDARY
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Transfer-Encoding: 7bit
Content-Disposition: attachment; filename="zz-consul-vm-inject-start"
X-Consul-VM-Inject: ${VERSION}; part=DIGEST

#!/bin/sh
systemctl start --no-block consul-sidecar-init.service

--BOUNDARY--
`

test('an envelope is the operator’s document, the boothook and the script', t => {
  const output = woven(bytes('#cloud-config\npackages: [nginx]\n'))
  const masked = output
    .replaceAll(/==consul-vm-inject-[0-9a-f]{16}==/g, 'BOUNDARY')
    .replaceAll(/part=[0-9a-f]{16}$/gm, 'part=DIGEST')
  t.is(masked, GOLDEN)
})

const form = test.macro<[what: string, content: Uint8Array, form: string]>({
  exec(t, _, content, expected) {
    t.regex(woven(content), new RegExp(`; operator=${expected}\n`))
  },
  title: (_, what, __, expected) => `${what} travels as ${expected}`,
})

test(form, 'nothing', bytes(''), 'none')
test(form, 'a document of ASCII', bytes('#cloud-config\n\ta: "~"\n'), '7bit')
test(form, 'white space', bytes(' \n'), '7bit')
test(form, 'a document with CRLF', bytes('#cloud-config\r\n'), 'base64')
test(form, 'a document outside ASCII', bytes('#cloud-config\n# é\n'), 'base64')
test(form, 'a document with a control character', bytes('#!/bin/sh\n\x1b\n'), 'base64')
test(form, 'a document that is not UTF-8', latin1('#!/bin/sh\n# é\n'), 'base64')
test(form, 'gzip that does not unpack', latin1('\x1f\x8b\x08x'), 'base64')
test(form, 'a single message', bytes('MIME-Version: 1.0\nContent-Type: text/cloud-config\n\na: 1\n'), 'verbatim')
test(form, 'a document that mentions MIME-Version', bytes('#cloud-config\n# mime-version: 1\n'), 'verbatim')
const UNBOUND = mimeOf('\n#!/bin/sh').replace('; boundary=B', '')
test(form, 'a multipart without a boundary', bytes(UNBOUND.replace('--B--\n', '--B--')), 'verbatim')
test(form, 'one that ends in a line feed', bytes(UNBOUND), 'open')
test(form, 'a message outside ASCII', bytes('MIME-Version: 1.0\n\n#!/bin/sh\n# é'), 'verbatim')

test('an empty document gets no part', t => {
  t.deepEqual(
    leavesOf(parseMime(woven(bytes('')))).map(({ contentType }) => contentType),
    ['text/cloud-boothook', 'text/x-shellscript'],
  )
})

test('the same input gives the same bytes, and another injection other ones', t => {
  fc.assert(
    fc.property(bareUserData, content => {
      const { userData } = decodeBare(content, 'web')
      const first = text(weave(userData, [], injection).bytes)
      t.is(text(weave(decodeBare(content, 'another name').userData, [], injection).bytes), first)
      t.not(text(weave(userData, [], { ...injection, script: `${injection.script}#` }).bytes), first)
    }),
  )
})

test('our two parts come last, whatever the operator’s document holds', t => {
  fc.assert(
    fc.property(bareUserData, content => {
      const output = woven(content)
      const leaves = leavesOf(parseMime(output)).slice(-2)
      t.deepEqual(
        leaves.map(({ contentType }) => contentType),
        ['text/cloud-boothook', 'text/x-shellscript'],
      )
      t.deepEqual(
        leaves.map(leaf => bodyOf(output, leaf)),
        [injection.boothook, injection.script],
      )
    }),
  )
})

test('a 7bit document stands in the envelope as it is: a diff against the input has added lines only', t => {
  fc.assert(
    fc.property(
      plainDocument.filter(
        content => content !== '' && /^[\t\n\x20-\x7e]*$/.test(content) && !/mime-version:/i.test(content),
      ),
      content => {
        const output = woven(bytes(content))
        t.true(output.includes(`\n\n${content}\n--`))
        const lines = output.split('\n')
        const given = content.split('\n')
        const at = lines.findIndex((_, start) => given.every((line, offset) => lines[start + offset] === line))
        t.true(at > 0)
      },
    ),
  )
})

test('the boundary stands in no line of the content', t => {
  fc.assert(
    fc.property(bareUserData, content => {
      const output = woven(content)
      const { boundary } = parseMime(output)
      fc.pre(boundary?.includes('consul-vm-inject') === true)
      const delimiters = output.split('\n').filter(line => line.includes(boundary ?? ''))
      t.is(delimiters.length, content.length === 0 ? 4 : 5)
    }),
  )
})

test('a document that holds the very boundary gets another', t => {
  const boundary = (content: string): string => parseMime(woven(bytes(content))).boundary ?? ''
  const first = boundary('#!/bin/sh\n')
  t.not(boundary(`#!/bin/sh\n--${first}\n`), first)
})

const sorts = test.macro<[name: string]>({
  exec(t, name) {
    const output = woven(bytes(mimeOf(`Content-Type: text/x-shellscript; name="${name}"\n\n#!/bin/sh`)))
    const own = leavesOf(parseMime(output)).at(-1)?.filename ?? ''
    // As cloud-init stores it.
    const stored = name.replaceAll('/', '_').replaceAll(/[^A-Za-z0-9_.()-]/g, '')
    t.true(own > stored, `${own} is not behind ${stored}`)
    t.true(own > 'runcmd' && own > 'part-999')
  },
  title: (_, name) => `the start part sorts behind a script called ${name}`,
})

for (const name of [
  'a.sh',
  'zz',
  'zz-consul-vm-inject-start',
  'zz/consul',
  'z~zzz',
  '/zzz',
  'zz/',
  'zzz.sh',
  'zzzzzzzz',
  '~~~zzz',
  'Ω',
  '_x',
])
  test(sorts, name)

test('it sorts behind the scripts of an archive as well, of however many', t => {
  const name = (archive: string): string => leavesOf(parseMime(woven(bytes(archive)))).at(-1)?.filename ?? ''
  t.true(name('#cloud-config-archive\n- {type: text/x-shellscript, filename: "zzzz.sh", content: x}\n') > 'zzzz.sh')
  t.true(name(`#cloud-config-archive\n${'- a b c d\n'.repeat(100_000)}`) > 'runcmd')
})

test('lines that are cut travel as comments, and the header says which', t => {
  const output = woven(bytes('#cloud-config\nconsul.hashicorp.com/x: a\npackages: []\n'), [14])
  t.regex(output, /\nX-Consul-VM-Inject-Commented: 1\/1:2=[0-9a-f]{16}\n\n/)
  t.regex(output, /\n\n#cloud-config\n# consul.hashicorp.com\/x: a\npackages: \[\]\n\n--/)
  const alone = woven(bytes('#cloud-config\nconsul.hashicorp.com/x: a\n'), [14])
  t.regex(alone, /\nX-Consul-VM-Inject-Commented: 1\/1:2\+3=[0-9a-f]{16}\n\n/)
  t.regex(alone, /\n\n#cloud-config\n# consul.hashicorp.com\/x: a\n\{\}\n\n--/)
})

test('everything in an envelope but the operator’s bytes is ASCII', t => {
  t.regex(woven(bytes('#cloud-config\n# é\n')), /^[\t\n\x20-\x7e]*$/)
})
