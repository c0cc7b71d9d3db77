import test from 'ava'
import { inject } from '../../src/index.ts'
import { bytes } from '../support/places.ts'

const WEB = '# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: "web"\n'
const JOIN = 'alpha.consul.hashicorp.com/retry-join'
const file = (lines: string): string => `#cloud-config\n${WEB}write_files:\n- path: /etc/consul.d/agent.hcl\n${lines}`

const warns = (content: string, options = {}): boolean =>
  inject(bytes(content), options).diagnostics.some(({ code }) => code === 'W304')

for (const [what, content, options] of [
  ['nothing that says it', `#cloud-config\n${WEB}`, {}],
  ['an empty annotation', `#cloud-config\n${WEB}# ${JOIN}: ""\n`, {}],
  ['a file of the agent that says something else', file('  content: data_dir = "/opt/consul"\n'), {}],
  [
    'an unread file elsewhere',
    `#cloud-config\n${WEB}write_files:\n- {path: /etc/x.hcl, encoding: b64, content: eA==}\n`,
    {},
  ],
  ['nothing, in a script', `#!/bin/sh\n${WEB}true\n`, {}],
] as const) {
  test(`an agent without anybody to join is warned of: ${what}`, t => {
    t.true(warns(content, options))
  })
}

for (const [what, content, options] of [
  ['by annotation', `#cloud-config\n${WEB}# ${JOIN}: "10.0.0.1"\n`, {}],
  ['by the image, as the annotation says', `#cloud-config\n${WEB}# ${JOIN}: "-"\n`, {}],
  ['by a flag', `#cloud-config\n${WEB}`, { annotations: [`${JOIN}=h`] }],
  ['by the values', `#cloud-config\n${WEB}`, { values: { name: 'v', text: 'client: {join: [h]}' } }],
  ['by a file of the document', file('  content: retry_join = ["h"]\n'), {}],
  ['by a file that is encoded', file('  encoding: b64\n  content: eA==\n'), {}],
  ['by a script', `#!/bin/sh\n${WEB}echo 'retry_join = ["h"]' > /etc/consul.d/agent.hcl\n`, {}],
  ['by an image of the profile prebuilt', `#cloud-config\n${WEB}`, { profile: 'prebuilt' }],
] as const) {
  test(`an agent that may be told whom to join is not: ${what}`, t => {
    t.false(warns(content, options))
  })
}

test('with --strict the warning is an error', t => {
  t.is(inject(bytes(`#cloud-config\n${WEB}`), { strict: true }).output, undefined)
})

const GOSSIP = 'global: {gossipEncryption: {secretName: gossip, secretKey: key}}'
const said = (values: string, more: readonly string[] = [], content = `#cloud-config\n${WEB}`): string =>
  inject(bytes(content), { values: { name: 'v', text: values }, annotations: [`${JOIN}=h`, ...more] })
    .diagnostics.filter(({ code }) => ['W318', 'W319', 'W320'].includes(code))
    .map(({ message, hint }) => `${message}: ${hint}`)
    .join()

for (const [what, values, name, setting] of [
  ['a gossip key', GOSSIP, 'encrypt-file', 'encrypt = "x"'],
  [
    'a gossip key that the chart makes',
    'global: {gossipEncryption: {autoGenerate: true}}',
    'encrypt-file',
    'encrypt = "x"',
  ],
  ['a CA', 'global: {tls: {enabled: true}}', 'rpc-ca-file', 'ca_file = "/ca"'],
  ['a token', 'global: {acls: {manageSystemACLs: true}}', 'agent-token-file', 'tokens { agent = "x" }'],
] as const) {
  test(`what the values file wants of an agent is asked for, with the annotation for its file: ${what}`, t => {
    const given = ['alpha.consul.hashicorp.com/acl-token-file=/t']
    t.regex(said(values, given), new RegExp(`alpha\\.consul\\.hashicorp\\.com/${name}: "`))
    t.false(said(values, [...given, `alpha.consul.hashicorp.com/${name}=/x`]).includes(name))
    t.false(said(values, given, file(`  content: ${JSON.stringify(setting)}\n`)).includes(name))
    t.false(said('global: {tls: {enabled: false}}', given).includes(name))
  })
}

test('who has no server to join is told of externalServers.hosts, which agents do not join', t => {
  const values = { name: 'v', text: 'externalServers: {enabled: true, hosts: [h]}' }
  const { diagnostics } = inject(bytes(`#cloud-config\n${WEB}`), { values })
  t.regex(diagnostics.find(({ code }) => code === 'W304')?.hint ?? '', /agents do not join externalServers\.hosts/)
})
