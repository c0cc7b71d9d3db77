import test from 'ava'
import fc from 'fast-check'
import { inject, vendorData } from '../../src/index.ts'
import { mimeOf } from '../support/documents.ts'
import { brief, bytes, codes, text } from '../support/places.ts'
import { userData } from '../support/user-data.ts'

const COMMENTS = '# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const KEYS = 'consul.hashicorp.com/connect-inject: "true"\nconsul.hashicorp.com/connect-service: web\n'
const JOIN = ['connect-inject=true', 'connect-service=web']

/** The parts of ours as text, without their delimiters. */
const guestOf = (output: Uint8Array | undefined): string | undefined =>
  /filename="consul-vm-inject-guest"\n[^\n]+\n\n([\s\S]*?)\n--==/.exec(text(output ?? bytes('')))?.[1]

test('the vendor-data installs the very files that injected user-data installs', t => {
  const input = bytes(`#cloud-config\n${COMMENTS}packages: [nginx]\n`)
  const [beside, within] = [vendorData(input), inject(input)]
  t.deepEqual(beside.injection?.files, within.injection?.files)
  t.truthy(guestOf(beside.output))
  t.is(guestOf(beside.output), guestOf(within.output))
  t.deepEqual(codes(beside.diagnostics), codes(within.diagnostics))
})

test('the prebuilt profile brings the one file', t => {
  const { injection } = vendorData(bytes(`#!/bin/sh\n${COMMENTS}`), { profile: 'prebuilt' })
  t.deepEqual(
    injection?.files.map(({ path }) => path),
    ['/srv/consul/service-config.json'],
  )
})

test('it is empty for user-data that is not annotated, with the note that says why', t => {
  for (const content of [
    '',
    '#cloud-config\n',
    '#!/bin/sh\n',
    '#cloud-config\n# consul.hashicorp.com/connect-inject: "false"\n',
  ]) {
    const { output, diagnostics } = vendorData(bytes(content))
    t.is(output?.length, 0, content)
    t.deepEqual(codes(diagnostics), ['N101'])
    t.regex(diagnostics[0]?.message ?? '', /: the vendor-data is empty$/)
  }
})

test('it is empty for user-data that brings the injection itself, whatever is asked beside it', t => {
  const injected = inject(bytes(`#cloud-config\n${KEYS}`)).output ?? bytes('')
  for (const annotations of [[], ['connect-inject=false'], JOIN]) {
    const { output, diagnostics } = vendorData(injected, { annotations })
    t.is(output?.length, 0)
    t.deepEqual(codes(diagnostics), ['N106'])
    t.regex(diagnostics[0]?.message ?? '', /brings the injection itself/)
  }
})

test('faults are told as inject tells them, and then there is no output', t => {
  const { output, diagnostics } = vendorData(bytes('#cloud-config\n# consul.hashicorp.com/connect-injct: "true"\n'))
  t.is(output, undefined)
  t.deepEqual(codes(diagnostics), ['E201'])
})

const stays = test.macro<[what: string, content: string]>({
  exec(t, _, content) {
    const { output, diagnostics } = vendorData(bytes(content))
    t.true((output?.length ?? 0) > 0, diagnostics.map(brief).join('\n'))
    t.deepEqual(codes(diagnostics), ['W402', 'N102', 'W304'])
  },
  title: (_, what) => `annotation keys ${what} are taken, with a warning that they stay`,
})

test(stays, 'at the top level', `#cloud-config\n${KEYS}`)
test(
  stays,
  'in a flow mapping',
  '#cloud-config\n{consul.hashicorp.com/connect-inject: true, consul.hashicorp.com/connect-service: web}\n',
)
test(
  stays,
  'in an encoded part',
  mimeOf(`Content-Transfer-Encoding: base64\n\n${Buffer.from(`#cloud-config\n${KEYS}`).toString('base64')}`),
)
test(
  stays,
  'with an anchor that is used elsewhere',
  `#cloud-config\n${KEYS.replace('web', '&name web')}hostname: *name\n`,
)

test('a warning is told also of a document that cloud-init drops besides', t => {
  const { diagnostics } = vendorData(bytes(`#cloud-config\n${KEYS}---\na: b\n`))
  t.deepEqual(codes(diagnostics), ['W109', 'W402', 'N102', 'W304'])
})

test('user-data that switches vendor-data off is warned of where the VM is to join, and only there', t => {
  const content = `#cloud-config\n${COMMENTS}vendor_data: {enabled: false}\n`
  t.deepEqual(codes(vendorData(bytes(content)).diagnostics), ['N102', 'W401', 'W304'])
  t.is(vendorData(bytes(content), { strict: true }).output, undefined)
  t.deepEqual(codes(vendorData(bytes(content), { annotations: ['connect-inject=false'] }).diagnostics), ['N101'])
  t.deepEqual(codes(inject(bytes(content)).diagnostics), ['N102', 'W304'])
})

test('whatever the user-data is: where inject injects, the vendor-data brings the same', t => {
  fc.assert(
    fc.property(userData, content => {
      const within = inject(content, { annotations: JOIN })
      const beside = vendorData(content, { annotations: JOIN })
      if (within.injection !== undefined) t.deepEqual(beside.injection, within.injection)
      t.is(
        beside.output === undefined,
        codes(beside.diagnostics).some(code => code.startsWith('E')),
      )
    }),
  )
})
