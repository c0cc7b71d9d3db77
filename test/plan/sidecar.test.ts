import test from 'ava'
import { planned } from '../support/plans.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

const redirect = test.macro({
  exec(t, annotations: Readonly<Record<string, string>>, expected: readonly string[]) {
    const { plan } = planned({ 'connect-service': 'web', ...annotations })
    t.deepEqual(plan?.sidecars[0]?.redirect, expected)
  },
  title: (title = '') => title,
})
test('SSH, gossip and instance metadata are left alone by default', redirect, {}, [
  '-proxy-id=web-sidecar-proxy',
  '-exclude-inbound-port=22',
  '-exclude-inbound-port=8301',
  '-exclude-outbound-cidr=169.254.169.254/32',
])
test(
  'each automatic exclusion can be switched off',
  redirect,
  {
    'alpha:transparent-proxy-exclude-ssh': 'false',
    'alpha:transparent-proxy-exclude-serf': 'false',
    'alpha:transparent-proxy-exclude-metadata': 'false',
  },
  ['-proxy-id=web-sidecar-proxy'],
)
test(
  'annotated exclusions follow the automatic ones, each its own argument, none twice',
  redirect,
  {
    'transparent-proxy-exclude-inbound-ports': '22, 9100,8000-8010',
    'transparent-proxy-exclude-outbound-ports': '443',
    'transparent-proxy-exclude-outbound-cidrs': '10.0.0.0/8',
    'transparent-proxy-exclude-uids': '1000',
  },
  [
    '-proxy-id=web-sidecar-proxy',
    '-exclude-inbound-port=22',
    '-exclude-inbound-port=8301',
    '-exclude-inbound-port=9100',
    '-exclude-inbound-port=8000:8010',
    '-exclude-outbound-port=443',
    '-exclude-outbound-cidr=169.254.169.254/32',
    '-exclude-outbound-cidr=10.0.0.0/8',
    '-exclude-uid=1000',
  ],
)
test('nothing is redirected without transparent proxy', redirect, { 'transparent-proxy': 'false' }, [])

test('arguments of Envoy come after its own, and its own concurrency gives way', t => {
  const { plan, diagnostics } = planned({
    'connect-service': 'web',
    'envoy-extra-args': '--concurrency 4 --log-path "/var/log/a b"',
    'consul-envoy-proxy-concurrency': '3',
  })
  t.deepEqual(plan?.sidecars[0]?.envoy, [
    'consul',
    'connect',
    'envoy',
    '-sidecar-for=web',
    '-admin-bind=127.0.0.1:19000',
    '--',
    '--concurrency',
    '4',
    '--log-path',
    '/var/log/a b',
  ])
  t.true(diagnostics.some(({ code, severity }) => code === 'W303' && severity === 'warning'))
})

test('the configuration on the guest states the defaults that protect the operator', t => {
  const { plan } = planned({ 'connect-service': 'web' })
  t.deepEqual(plan?.serviceConfig, {
    annotations: {
      [`${A}transparent-proxy-exclude-metadata`]: 'true',
      [`${A}transparent-proxy-exclude-serf`]: 'true',
      [`${A}transparent-proxy-exclude-ssh`]: 'true',
      [`${P}connect-inject`]: 'true',
      [`${P}connect-service`]: 'web',
      [`${P}transparent-proxy`]: 'true',
    },
  })
})

test('the agent learns the mesh settings of the values file', t => {
  const values = JSON.stringify({
    global: {
      datacenter: 'fra1',
      domain: 'mesh',
      tls: { enabled: true },
      adminPartitions: { enabled: true, name: 'vms' },
    },
    externalServers: { enabled: true, hosts: ['10.0.0.1'] },
  })
  t.deepEqual(planned({ 'connect-service': 'web' }, values).plan?.agent, {
    connect: { enabled: true },
    ports: { grpc_tls: 8503 },
    datacenter: 'fra1',
    domain: 'mesh',
    partition: 'vms',
    retry_join: ['10.0.0.1'],
  })
})
