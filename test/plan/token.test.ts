import test from 'ava'
import { preview } from '../../src/index.ts'
import { bytes } from '../support/places.ts'

const A = 'alpha.consul.hashicorp.com/'
const BASE = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080', `${A}ca-file=/ca`]

const unitOf = (...annotations: readonly string[]): readonly string[] | undefined =>
  preview(bytes(''), { annotations: [...BASE, ...annotations] }).preview?.sidecars[0]?.acl

test('without a token there is no unit that follows one', t => {
  t.is(unitOf(), undefined)
})

test('a token of a file is followed, with what it takes to ask the agent about it', t => {
  t.deepEqual(unitOf(`${A}acl-token-file=/etc/to ken`), [
    '[Unit]',
    'After=consul.service',
    '[Service]',
    'LogExtraFields=OBJECT_SYSTEMD_UNIT=envoy@web.service',
    'ExecStart={python} /srv/consul/acl-token.py web',
    'Restart=always',
    'RestartSec=5',
    'KillMode=mixed',
    'EnvironmentFile=-/etc/consul.d/consul.env',
    'EnvironmentFile=-/etc/consul.d/envoy-web.env',
    'Environment="CONSUL_HTTP_TOKEN_FILE=/etc/to ken"',
    'Environment=CONSUL_CACERT=/ca',
  ])
})

test('it ends before the agent does, whose unit may have another name', t => {
  t.is(unitOf(`${A}acl-token-file=/t`, `${A}agent-unit=agent.service`)?.[1], 'After=agent.service')
})

test('logging in takes the words of consul login, each one word whatever it holds', t => {
  const jwt = unitOf(`${A}acl-auth-method=vm-jwt`, `${A}acl-bearer-token-file=/run/a b%$"`)
  t.deepEqual(jwt?.slice(4, 8), [
    'ExecStart={python} /srv/consul/acl-token.py web \\',
    '  -method=vm-jwt \\',
    '  "-bearer-token-file=/run/a b%%$$\\"" \\',
    '  -meta=vm={hostname}/web',
  ])
  t.true(jwt?.includes('Environment=CONSUL_HTTP_TOKEN_FILE=/run/consul-vm-inject/web.token'))
  const aws = unitOf(`${A}acl-auth-method=vm-aws`, `${A}acl-aws-iam=true`)
  t.deepEqual(aws?.slice(5, 10), [
    '  -method=vm-aws \\',
    '  -type=aws-iam \\',
    '  -aws-auto-bearer-token \\',
    '  -aws-include-entity \\',
    '  -meta=vm={hostname}/web',
  ])
})

test('each of several services has a token of its own', t => {
  const annotations = [
    'connect-inject=true',
    'connect-service=web,api',
    'transparent-proxy=false',
    `${A}acl-auth-method=vm`,
    `${A}acl-bearer-token-file=/jwt`,
  ]
  const units = preview(bytes(''), { annotations }).preview?.sidecars.map(({ acl }) => acl?.join('\n'))
  t.true(units?.[0]?.includes('-meta=vm={hostname}/web'))
  t.true(units?.[1]?.includes('CONSUL_HTTP_TOKEN_FILE=/run/consul-vm-inject/api.token'))
})

test('the registration says where the token is, and no token', t => {
  const { registration } = preview(bytes(''), { annotations: [...BASE, `${A}acl-token-file=/etc/token`] }).preview ?? {}
  t.regex(JSON.stringify(registration), /"token_file":"\/etc\/token"/)
})
