import test from 'ava'
import { planned } from '../support/plans.ts'

const A = 'alpha:'

test('what annotations say of the agent is spelt as its configuration spells it, secrets as the files that hold them', t => {
  const { plan } = planned({
    'connect-service': 'web',
    [`${A}retry-join`]: '10.0.0.1,provider=aws tag_key=consul tag_value=server',
    [`${A}datacenter`]: 'dc2',
    [`${A}bind-addr`]: 'eth1',
    [`${A}encrypt-file`]: '/run/credentials/@system/gossip',
    [`${A}agent-token-file`]: '/token',
    [`${A}rpc-ca-file`]: '/ca.pem',
    [`${A}rpc-cert-file`]: '/cert.pem',
    [`${A}rpc-key-file`]: '/key.pem',
    [`${A}auto-encrypt`]: 'true',
  })
  t.deepEqual(plan?.serviceConfig.plan.agent, {
    retry_join: ['10.0.0.1', 'provider=aws tag_key=consul tag_value=server'],
    datacenter: 'dc2',
    bind_addr: '{{ GetInterfaceIP "eth1" }}',
    encrypt: { hole: 'secret', path: '/run/credentials/@system/gossip' },
    acl: { enabled: true, tokens: { agent: { hole: 'secret', path: '/token' } } },
    tls: {
      internal_rpc: {
        ca_file: '/ca.pem',
        cert_file: '/cert.pem',
        key_file: '/key.pem',
        verify_outgoing: true,
        verify_server_hostname: true,
      },
    },
    auto_encrypt: { tls: true },
  })
})

test('nothing of the agent travels when nothing is said of it, or the image says it', t => {
  for (const given of [{}, { [`${A}retry-join`]: '-' }]) {
    t.is(planned({ 'connect-service': 'web', ...given }).plan?.serviceConfig.plan.agent, undefined)
  }
})

test('a certificate without its key contradicts itself, and a CA that is missing is warned of', t => {
  const said = (given: Readonly<Record<string, string>>): readonly string[] =>
    planned({ 'connect-service': 'web', ...given }).diagnostics.map(({ code, message }) => `${code} ${message}`)
  const key = 'alpha.consul.hashicorp.com/rpc-key-file'
  t.deepEqual(said({ [`${A}rpc-cert-file`]: '/cert.pem' }), [
    `E315 alpha.consul.hashicorp.com/rpc-cert-file goes with ${key}, which is missing`,
  ])
  t.deepEqual(said({ [`${A}client-key-file`]: '/key.pem' }), [
    'E315 alpha.consul.hashicorp.com/client-key-file goes with alpha.consul.hashicorp.com/client-cert-file, which is missing',
  ])
  t.true(said({ [`${A}auto-encrypt`]: 'true' }).some(text => /^W313 .*cannot verify$/.test(text)))
  t.false(said({ [`${A}auto-encrypt`]: 'true', [`${A}rpc-ca-file`]: '/ca' }).some(text => text.startsWith('W')))
})

test('a gossip key itself is refused, also one that looks like a path', t => {
  for (const key of ['pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=', '/UqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=']) {
    const { diagnostics } = planned({ 'connect-service': 'web', [`${A}encrypt-file`]: key })
    t.deepEqual(
      diagnostics.map(({ code }) => code),
      ['E205'],
    )
  }
})
