import test from 'ava'
import { addressesOf } from '../../src/plan/addresses.ts'
import { shownNodes } from '../../src/plan/node.ts'
import { shownUnit } from '../../src/plan/unit.ts'
import { planned, sidecarsOf } from '../support/plans.ts'

const redirect = test.macro({
  exec(t, annotations: Readonly<Record<string, string>>, expected: readonly string[] | undefined) {
    const [sidecar] = sidecarsOf({ 'connect-service': 'web', ...annotations })
    t.deepEqual(sidecar?.redirect && shownNodes(sidecar.redirect), expected)
  },
  title: (title = '') => title,
})
const PLATFORMS = [...addressesOf('metadata', undefined), ...addressesOf('services', undefined)].map(
  cidr => `-exclude-outbound-cidr=${cidr}`,
)
test('SSH, gossip and the addresses of all platforms are left alone by default', redirect, {}, [
  '-proxy-id=web-sidecar-proxy',
  '-exclude-inbound-port=22',
  '-exclude-inbound-port={ssh-ports}',
  '-exclude-inbound-port=8301',
  ...PLATFORMS,
])
test(
  'closed, the arguments name the ports that the agent would be asked for',
  redirect,
  {
    'alpha:on-sidecar-failure': 'closed',
    'alpha:transparent-proxy-exclude-ssh': 'false',
    'enable-metrics': 'true',
    'transparent-proxy-overwrite-probes': 'true',
    'proxy-config-map': '{"bind_port": 21999, "envoy_stats_bind_addr": "0.0.0.0:9901"}',
  },
  [
    '-proxy-inbound-port=21999',
    '-exclude-inbound-port=20200',
    '-exclude-inbound-port=9901',
    '-exclude-inbound-port=21500:21755',
    '-exclude-inbound-port=8301',
    ...PLATFORMS,
  ],
)
test('closed, the application is held back until its sidecar is up, and is stopped with it', t => {
  const { plan, output } = planned({
    'connect-service': 'web',
    'alpha:app-unit': 'app.service',
    'alpha:on-sidecar-failure': 'closed',
  })
  const gate = ['[Unit]', 'PartOf=envoy@web.service', 'ConditionPathExists=/run/consul-vm-inject/web.up']
  t.deepEqual(plan?.serviceConfig.plan.units, {
    'consul-sidecar-init.service': [
      '[Unit]',
      'Before=app.service',
      '[Service]',
      'ExecStartPost=-/usr/local/bin/consul-hold-traffic web',
    ],
    'app.service': gate,
  })
  const segment = ['=== 0644 /etc/systemd/system/app.service.d/50-consul-vm-inject.conf once', ...gate].join('\n')
  t.true(new TextDecoder().decode(output).includes(`${segment}\n`))
})
test(
  'each automatic exclusion can be switched off',
  redirect,
  {
    'alpha:transparent-proxy-exclude-ssh': 'false',
    'alpha:transparent-proxy-exclude-serf': 'false',
    'alpha:transparent-proxy-exclude-metadata': 'false',
    'alpha:transparent-proxy-exclude-platform': 'false',
  },
  ['-proxy-id=web-sidecar-proxy'],
)
test(
  'annotated exclusions follow the automatic ones, each its own argument, none twice; users are found on the guest',
  redirect,
  {
    'transparent-proxy-exclude-inbound-ports': '22, 9100,8000-8010',
    'transparent-proxy-exclude-outbound-ports': '443',
    'transparent-proxy-exclude-outbound-cidrs': '10.0.0.0/8',
    'transparent-proxy-exclude-uids': '1000,postgres',
    'dual-stack': 'true',
  },
  [
    '-proxy-id=web-sidecar-proxy',
    '-exclude-inbound-port=22',
    '-exclude-inbound-port={ssh-ports}',
    '-exclude-inbound-port=8301',
    '-exclude-inbound-port=9100',
    '-exclude-inbound-port=8000:8010',
    '-exclude-outbound-port=443',
    ...PLATFORMS,
    '-exclude-outbound-cidr=10.0.0.0/8',
    '-exclude-uid=1000',
    '-exclude-uid={uid of postgres}',
  ],
)
test('nothing is redirected without transparent proxy', redirect, { 'transparent-proxy': 'false' }, undefined)

test('arguments of Envoy come after its own, and its own concurrency gives way', t => {
  const annotations = {
    'connect-service': 'web',
    'envoy-extra-args': '--concurrency 4 --log-path "/var/log/a b"',
    'consul-envoy-proxy-concurrency': '3',
  }
  t.deepEqual(shownUnit(sidecarsOf(annotations)[0]?.unit ?? []).envoy, [
    'consul connect envoy',
    '-sidecar-for=web',
    '-admin-bind=127.0.0.1:19000',
    '--',
    '--concurrency',
    '4',
    '--log-path',
    '"/var/log/a b"',
  ])
  t.true(planned(annotations).diagnostics.some(({ code, severity }) => code === 'W315' && severity === 'warning'))
})

test('variables for the application are sorted, and the first service has them', t => {
  const [web, admin] = sidecarsOf({
    'connect-service': 'web,admin',
    'transparent-proxy': 'false',
    'connect-service-upstreams': 'orders:2000,db:1000,prepared_query:geo:3000',
  })
  t.deepEqual(web?.environment, [
    'DB_CONNECT_SERVICE_HOST=127.0.0.1',
    'DB_CONNECT_SERVICE_PORT=1000',
    'ORDERS_CONNECT_SERVICE_HOST=127.0.0.1',
    'ORDERS_CONNECT_SERVICE_PORT=2000',
  ])
  t.is(admin?.environment, undefined)
})

const GLOBAL = { datacenter: 'fra1', domain: 'mesh.example.com', tls: { enabled: true } }
const valuesOf = (values: object): string => JSON.stringify(values)

test('the agent learns the mesh settings of the values file', t => {
  const { plan } = planned(
    { 'connect-service': 'web' },
    valuesOf({
      global: {
        ...GLOBAL,
        adminPartitions: { enabled: true, name: 'vms' },
        recursors: ['10.0.0.2'],
        acls: { manageSystemACLs: true },
        metrics: { enabled: true, enableAgentMetrics: true },
        logLevel: 'info',
      },
      client: {
        join: ['10.0.0.1'],
        logLevel: 'debug',
        nodeMeta: { 'pod-name': '$' + '{HOSTNAME}', zone: 'a', 'consul-x': 'b', wide: 'é'.repeat(300) },
        extraConfig:
          '{"limits": {"http_max_conns_per_client": 500}, "connect": {"enabled": false}, "log_level": "err"}',
      },
      connectInject: { consulNode: { meta: { zone: 'b', rack: 7 } } },
      externalServers: { enabled: true, hosts: ['10.0.0.9'] },
    }),
  )
  t.deepEqual(plan?.agent, {
    connect: { enabled: true },
    ports: { grpc: 8502 },
    addresses: { grpc: '127.0.0.1' },
    acl: { enabled: true, default_policy: 'deny', down_policy: 'extend-cache' },
    limits: { http_max_conns_per_client: 500 },
    log_level: 'debug',
    node_meta: { zone: 'b', rack: '7' },
    partition: 'vms',
    recursors: ['10.0.0.2'],
    telemetry: { prometheus_retention_time: '1m' },
  })
  t.deepEqual(plan?.serviceConfig.plan.agent, {
    datacenter: 'fra1',
    domain: 'mesh.example.com',
    retry_join: ['10.0.0.1'],
  })
})

test('the domain and the port of names reach the agent, the resolver and the redirection', t => {
  const given = { 'connect-service': 'web', 'alpha:dns-port': '8653' }
  const { agent, dns } = planned(given, valuesOf({ global: GLOBAL })).plan?.serviceConfig.plan ?? {}
  t.deepEqual(agent, { datacenter: 'fra1', domain: 'mesh.example.com', ports: { dns: 8653 } })
  t.deepEqual(dns, [
    {
      hole: 'resolved',
      then: ['[Resolve]', 'DNS=127.0.0.1:8653', 'DNSSEC=false', 'Domains=~mesh.example.com'],
      else: ['mesh.example.com', '8653'],
    },
  ])
})

test('the agent serves where the sidecar is told to reach it, with the certificate that it has', t => {
  const given = {
    'connect-service': 'web',
    'alpha:http-addr': 'https://127.0.0.1:8501',
    'alpha:grpc-addr': 'https://localhost:8503',
    'alpha:ca-file': '/ca.pem',
  }
  const agentOf = (more: object): object | undefined => planned({ ...given, ...more }).plan?.serviceConfig.plan.agent
  const ports = { https: 8501, grpc_tls: 8503 }
  t.deepEqual(agentOf({}), { ports })
  const own = { cert_file: '/cert.pem', key_file: '/key.pem' }
  t.deepEqual(agentOf({ 'alpha:rpc-cert-file': '/cert.pem', 'alpha:rpc-key-file': '/key.pem' }), {
    ports,
    tls: { https: own, grpc: own, internal_rpc: own },
  })
  t.deepEqual(agentOf({ 'alpha:auto-encrypt': 'true' }), {
    ports,
    tls: { grpc: { use_auto_cert: true } },
    auto_encrypt: { tls: true },
  })
  t.deepEqual(agentOf({ 'alpha:http-addr': '[::1]:8700', 'alpha:grpc-addr': '127.0.0.1:8602' }), {
    ports: { http: 8700, grpc: 8602 },
  })
  t.is(agentOf({ 'alpha:http-addr': 'unix:///run/consul', 'alpha:grpc-addr': 'https://10.0.0.1:8503' }), undefined)
})
