import test from 'ava'
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
test('SSH, gossip and instance metadata are left alone by default', redirect, {}, [
  '-proxy-id=web-sidecar-proxy',
  '-exclude-inbound-port=22',
  '-exclude-inbound-port={ssh-ports}',
  '-exclude-inbound-port=8301',
  '-exclude-outbound-cidr=169.254.169.254/32',
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
    '-exclude-outbound-cidr=169.254.169.254/32',
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
    '-exclude-outbound-cidr=169.254.169.254/32',
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
  t.true(planned(annotations).diagnostics.some(({ code, severity }) => code === 'W303' && severity === 'warning'))
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
  const { plan } = planned({ 'connect-service': 'web' }, values)
  t.deepEqual(plan?.agent, {
    connect: { enabled: true },
    ports: { grpc_tls: 8503 },
    domain: 'mesh',
    partition: 'vms',
  })
  t.deepEqual(plan?.serviceConfig.plan.agent, { datacenter: 'fra1', retry_join: ['10.0.0.1'] })
})
