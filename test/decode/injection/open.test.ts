import test from 'ava'
import fc from 'fast-check'
import { collect } from '../../../src/annotate/collect.ts'
import { openInjection } from '../../../src/decode/injection/open.ts'
import type { Opened } from '../../../src/decode/injection/opened.ts'
import { decodeBare, type UserData } from '../../../src/decode/user-data.ts'
import { VERSION } from '../../../src/version.ts'
import { weave } from '../../../src/weave/envelope.ts'
import { mimeOf } from '../../support/documents.ts'
import { injection } from '../../support/injections.ts'
import { brief, bytes, latin1, text } from '../../support/places.ts'
import { bareUserData, cloudConfig } from '../../support/user-data.ts'

const read = (content: Uint8Array): UserData => decodeBare(content, 'web').userData
const woven = (content: Uint8Array): Uint8Array => {
  const userData = read(content)
  return weave(userData, collect(userData).cuts, injection).bytes
}
const unwoven = (content: Uint8Array): Opened | undefined => openInjection(read(content))

test('what was woven in comes out again, byte for byte', t => {
  fc.assert(
    fc.property(bareUserData, content => {
      const back = unwoven(woven(content))
      t.deepEqual(back?.edits, [])
      t.is(text(back?.bytes ?? bytes('nothing')), text(content))
      t.is(back?.version, VERSION)
    }),
    { numRuns: 300 },
  )
})

const returns = test.macro<[what: string, content: Uint8Array]>({
  exec(t, _, content) {
    const back = unwoven(woven(content))
    t.is(back && text(back.bytes), text(content))
  },
  title: (_, what) => `${what} comes out again`,
})

const KEYS = 'consul.hashicorp.com/connect-service: web\n'
test(returns, 'an empty document', bytes(''))
test(returns, 'a lone line feed', bytes('\n'))
test(returns, 'a document without a last line feed', bytes('#cloud-config'))
test(returns, 'a MIME document that ends in CR', bytes(`${mimeOf('\n#!/bin/sh')}\r`))
test(returns, 'a MIME document without its end', bytes(mimeOf('\n#!/bin/sh').replace('--B--\n', '')))
test(returns, 'a MIME document in CRLF', bytes(mimeOf('\n#!/bin/sh').replaceAll('\n', '\r\n')))
test(returns, 'a MIME document in Latin-1', latin1(mimeOf('\n#!/bin/sh\n# é')))
test(returns, 'a document that begins like a part', bytes('\n\n--B\nMIME-Version: 1.0\n'))
test(returns, 'an annotation key', bytes(`#cloud-config\n${KEYS}a: 1\n`))
test(returns, 'an annotation key and nothing else', bytes(`#cloud-config\n${KEYS}`))
test(returns, 'an annotation key in CRLF', bytes(`#cloud-config\n${KEYS}`.replaceAll('\n', '\r\n')))
test(returns, 'an annotation key with a byte order mark before', bytes(`\uFEFF#cloud-config\n${KEYS}`))
test(returns, 'an annotation key outside ASCII', bytes(`#cloud-config\n# 😀\n${KEYS}# é\n`))
test(returns, 'an annotation key in Latin-1', latin1(`#cloud-config\n# é\n${KEYS}`))
test(returns, 'an annotation key in a part', bytes(mimeOf(`Content-Type: text/cloud-config\n\n${KEYS}`)))
test(
  returns,
  'an annotation key in a document that mentions MIME-Version',
  bytes(`#cloud-config\n# mime-version: 1.0\n${KEYS}`),
)

test('annotation keys of generated documents leave as comments and come back', t => {
  fc.assert(
    fc.property(cloudConfig, content => {
      const there = woven(bytes(content))
      t.is(text(unwoven(there)?.bytes ?? bytes('nothing')), text(bytes(content)))
      const { annotations, cuts } = collect(read(there))
      t.deepEqual(cuts, [], annotations.map(({ key }) => key).join())
    }),
  )
})

test('what is no envelope of ours is none', t => {
  const contents = ['', '#cloud-config\n# X-Consul-VM-Inject: 0.1.0; operator=7bit; parts=0\n', mimeOf('\n#!/bin/sh')]
  for (const content of contents) t.is(unwoven(bytes(content)), undefined, content)
})

test('a message that bears a mark without what it stands for is an injection that was edited', t => {
  const header = 'MIME-Version: 1.0\nX-Consul-VM-Inject: 0.1.0; operator=7bit; parts=0\n'
  const contents = [
    `${header}Content-Type: text/cloud-config\n\na: 1\n`,
    `${header.replace('7bit', 'other')}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n`,
    `${header.replace(/;.*/, '')}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n`,
    `X-Consul-VM-Inject-Commented: 1/1:2=0123456789abcdef\n${header}Bontent-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n`,
  ]
  for (const content of contents) {
    const { edits = [], bytes: own, version } = unwoven(bytes(content)) ?? {}
    t.deepEqual([edits.map(brief), version], [['E102 1:1 the injected parts are gone'], '0.1.0'], content)
    t.is(text(own ?? bytes('')), content.replaceAll(/^X-Consul.*\n/gm, ''))
  }
})

test('an envelope within a message is the operator’s own document', t => {
  t.is(unwoven(bytes(mimeOf(text(woven(bytes('#!/bin/sh\n')))))), undefined)
})

const edits = test.macro<[what: string, content: string, edit: (envelope: string) => string, said: RegExp | undefined]>(
  {
    exec(t, _, content, edit, said) {
      const envelope = text(woven(bytes(content)))
      const edited = edit(envelope)
      t.not(edited, envelope)
      const diagnostics = unwoven(latin1(edited))?.edits.map(brief) ?? ['not an envelope']
      if (said === undefined) t.deepEqual(diagnostics, [])
      else t.regex(diagnostics.join('\n'), said)
    },
    title: (_, what) => what,
  },
)

const SCRIPT = '#!/bin/sh\necho one\n'
const KEYED = `#cloud-config\n${KEYS}a: 1\n`
const HAND = /^E102 \d+:1 the injected parts were edited by hand$/
test(
  edits,
  'an edit in the operator’s own part is welcome',
  SCRIPT,
  all => all.replace('echo one', 'echo two\necho three'),
  undefined,
)
test(edits, 'an edit in the boothook is found', SCRIPT, all => all.replace('exit 0', 'exit 1'), HAND)
test(edits, 'an edit in the script is found', SCRIPT, all => all.replace('--no-block', ''), HAND)
test(edits, 'an edit in the headers of our parts is found', SCRIPT, all => all.replace('zz-consul', 'aa-consul'), HAND)
test(edits, 'a part more is none of ours', SCRIPT, all => all.replace(/--\n$/, '\n\nmore\n$&'), undefined)
test(edits, 'text behind the envelope is no edit', SCRIPT, all => `${all}\n`, undefined)
test(edits, 'a cut at the end is found', SCRIPT, all => all.slice(0, -10), HAND)
test(
  edits,
  'a cut before our parts is found',
  SCRIPT,
  all => all.slice(0, all.indexOf('echo one')),
  /^E102 1:1 the injected parts are gone$/,
)
test(edits, 'a change of line endings is no edit', SCRIPT, all => all.replaceAll('\n', '\r\n'), undefined)
test(edits, 'a missing digest is found', SCRIPT, all => all.replace(/; part=\w+/, ''), HAND)
test(
  edits,
  'an edited comment is found',
  KEYED,
  all => all.replace('# consul.hashicorp.com/connect', 'consul.hashicorp.com/connect'),
  /^E102 \d+:1 line 2 of the operator's document/,
)
test(
  edits,
  'a missing header of comments is found',
  KEYED,
  all => all.replace(/X-Consul-VM-Inject-Commented: .*\n/, ''),
  HAND,
)
test(
  edits,
  'a header of comments beyond the document is found',
  KEYED,
  all => all.replace('Commented: 1/1:2', 'Commented: 1/1:2-99999999999'),
  /the header X-Consul-VM-Inject-Commented does not fit/,
)
test(
  edits,
  'a header of comments that says nothing sensible is found',
  KEYED,
  all => all.replace('Commented: 1/1:2', 'Commented: 1/1:2+999'),
  /does not fit/,
)
test(
  edits,
  'damaged base64 is found',
  `${SCRIPT}# é\n`,
  all => all.replace('g: base64\n\n', '$&*'),
  /^E102 \d+:1 the base64 of the operator's document is damaged$/,
)
test(
  edits,
  'an edited document with comments elsewhere still comes back',
  KEYED,
  all => all.replace('a: 1', 'a: 2\nb: 3'),
  undefined,
)

test('no edit whatever makes it throw', t => {
  const envelope = text(woven(bytes(KEYED)))
  fc.assert(
    fc.property(
      fc.nat(envelope.length),
      fc.nat(40),
      fc.constantFrom('', '\n', '\r', 'x', '--', '; '),
      (at, length, put) => {
        t.notThrows(() => unwoven(latin1(envelope.slice(0, at) + put + envelope.slice(at + length))))
      },
    ),
  )
})
