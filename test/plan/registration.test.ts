import test from 'ava'
import type { ServiceDefinition } from '../../src/plan/mesh-plan.ts'
import { planned, servicesOf } from '../support/plans.ts'

const ENTERPRISE = JSON.stringify({ global: { image: 'hashicorp/consul-enterprise:1.22.0-ent' } })

function services(annotations: Readonly<Record<string, string>>, values?: string): readonly ServiceDefinition[] {
  return servicesOf(planned(annotations, values)).map(service => JSON.parse(JSON.stringify(service)))
}

test('a service with a port gets a TCP check, a pinned sidecar port and the transparent mode', t => {
  t.deepEqual(services({ 'connect-service': 'web', 'connect-service-port': '8080' }), [
    {
      name: 'web',
      port: 8080,
      meta: { 'managed-by': 'consul-vm-inject' },
      checks: [{ name: 'web TCP', tcp: '127.0.0.1:8080', interval: '10s', timeout: '2s' }],
      connect: { sidecar_service: { port: 20000, proxy: { mode: 'transparent' } } },
    },
  ])
})

const holds = test.macro({
  exec(t, annotations: Readonly<Record<string, string>>, expected: object, values?: string) {
    t.like(services({ 'connect-service': 'web', 'connect-service-port': '8080', ...annotations }, values)[0], expected)
  },
  title: (title = '') => title,
})

test(
  'without transparent proxy the mode is direct',
  holds,
  { 'transparent-proxy': 'F' },
  { connect: { sidecar_service: { proxy: { mode: 'direct' } } } },
)
test(
  'the values file can turn the transparent proxy off',
  holds,
  {},
  { connect: { sidecar_service: { proxy: { mode: 'direct' } } } },
  '{"connectInject":{"transparentProxy":{"defaultEnabled":false}}}',
)
test(
  'an annotation outranks the values file',
  holds,
  { 'transparent-proxy': 'true' },
  { connect: { sidecar_service: { proxy: { mode: 'transparent' } } } },
  '{"connectInject":{"transparentProxy":{"defaultEnabled":false}}}',
)
test('tags keep escaped commas and drop blank items', holds, { 'service-tags': 'a\\,b,,c, ' }, { tags: ['a,b', 'c'] })
test(
  'meta of the operator wins over the automatic entry',
  holds,
  { 'service-meta-managed-by': 'me', 'service-meta-v': '1' },
  { meta: { 'managed-by': 'me', v: '1' } },
)
test('a weight counts when passing', holds, { 'service-weight': '10' }, { weights: { passing: 10 } })
test(
  'a virtual address stands on the service and on its sidecar',
  holds,
  { 'alpha:virtual-ip': '240.0.0.9' },
  {
    tagged_addresses: { virtual: { address: '240.0.0.9', port: 8080 } },
    connect: { sidecar_service: { tagged_addresses: { virtual: { address: '240.0.0.9', port: 8080 } } } },
  },
)
test(
  'metrics open the Prometheus endpoint beside the opaque configuration',
  holds,
  { 'enable-metrics': 'true', 'proxy-config-map': '{"local_connect_timeout_ms":1000}' },
  {
    connect: {
      sidecar_service: {
        proxy: { config: { local_connect_timeout_ms: 1000, envoy_prometheus_bind_addr: '0.0.0.0:20200' } },
      },
    },
  },
)
test(
  'a check that is asked for replaces the TCP check',
  holds,
  { 'alpha:health-check-http': 'http://127.0.0.1:8080/health' },
  {
    checks: [{ name: 'web HTTP', http: 'http://127.0.0.1:8080/health', interval: '10s', timeout: '2s' }],
  },
)
test('checks can be switched off', holds, { 'alpha:health-check': 'false' }, { checks: undefined })
test(
  'the proxy health check replaces both checks of the sidecar',
  holds,
  { 'use-proxy-health-check': 'true' },
  {
    connect: {
      sidecar_service: {
        checks: [
          { name: 'Envoy Ready', http: 'http://127.0.0.1:20800/ready', interval: '10s', timeout: '2s' },
          { name: 'Connect Sidecar Aliasing web', alias_service: 'web' },
        ],
      },
    },
  },
)
test(
  'several ports need Enterprise; the community edition registers the chosen one',
  holds,
  { 'connect-service-port': '8080,9090', 'connect-service-default-port': '9090' },
  { port: 9090, ports: undefined },
)
test(
  'with Enterprise several ports are named by their position',
  holds,
  { 'connect-service-port': '8080,9090' },
  {
    port: undefined,
    ports: [
      { name: 'port-1', port: 8080, default: true },
      { name: 'port-2', port: 9090, default: false },
    ],
    meta: { ports: 'port-1:8080,port-2:9090', 'port-port-1': '8080', 'port-port-2': '9090' },
  },
  ENTERPRISE,
)
test(
  'of a port that is given twice one is the default',
  holds,
  { 'connect-service-port': '8080,8080' },
  {
    port: undefined,
    ports: [
      { name: 'port-1', port: 8080, default: true },
      { name: 'port-2', port: 8080, default: false },
    ],
  },
  ENTERPRISE,
)

test('several services have sidecars of their own, and upstreams only on the first', t => {
  const [web, admin] = services({
    'connect-service': 'web,admin',
    'connect-service-port': '8080,9090',
    'transparent-proxy': 'false',
    'connect-service-upstreams': 'api:1234',
  })
  t.like(web, { name: 'web', port: 8080, connect: { sidecar_service: { port: 20000 } } })
  t.like(admin, { name: 'admin', port: 9090, connect: { sidecar_service: { port: 20001 } } })
  t.is(web?.connect.sidecar_service.proxy.upstreams?.length, 1)
  t.is(admin?.connect.sidecar_service.proxy.upstreams, undefined)
})

test('a service without a port is a client: no port, no check', t => {
  const [client] = services({ 'connect-service': 'batch' })
  t.is(client?.port, undefined)
  t.is(client?.checks, undefined)
})

for (const [names, given, expected] of [
  ['web,admin', ',9090', [undefined, 9090]],
  ['web,admin', '8080,', [8080, undefined]],
  ['web,admin', '8080,9090,', [8080, 9090]],
  ['web,admin', '8080', [8080, 8080]],
  ['a,b,c', '8080,,9090', [8080, undefined, 9090]],
  ['web', ',8080', [8080]],
] as const) {
  test(`services ${names} take the ports "${given}" by position, and an empty one is none`, t => {
    const annotations = { 'connect-service': names, 'connect-service-port': given, 'transparent-proxy': 'false' }
    const found = services(annotations)
    t.deepEqual(
      found.map(({ port }) => port),
      expected as readonly (number | undefined)[],
    )
    t.deepEqual(
      found.map(({ checks }) => checks?.length ?? 0),
      expected.map(port => (port === undefined ? 0 : 1)),
    )
  })
}

test('in the Enterprise edition a port is named for its position, also behind an empty one', t => {
  const [service] = services({ 'connect-service': 'web', 'connect-service-port': '8080,,9090' }, ENTERPRISE)
  t.deepEqual(service?.ports, [
    { name: 'port-1', port: 8080, default: true },
    { name: 'port-3', port: 9090, default: false },
  ])
  t.like(service?.meta, { ports: 'port-1:8080,port-3:9090', 'port-port-3': '9090' })
})
