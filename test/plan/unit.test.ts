import test from 'ava'
import fc from 'fast-check'
import { shownNodes } from '../../src/plan/node.ts'
import { normalPath, unitWord } from '../../src/plan/systemd.ts'
import { sidecarsOf } from '../support/plans.ts'

const unit = (annotations: Readonly<Record<string, string>>): readonly string[] =>
  shownNodes(sidecarsOf({ 'connect-service': 'web', ...annotations })[0]?.unit ?? [])

const GENERATOR = '{python} /srv/consul/generate-sidecar-configs.py'
const PROBE = '{python} /srv/consul/probe-sidecar.py'

/** What the unit has with these annotations and has not without them. */
const more = (annotations: Readonly<Record<string, string>>): readonly string[] => {
  const plain = new Set(unit({}))
  return unit(annotations).filter(line => !plain.has(line))
}

test('the unit starts Envoy a word a line and drains it at the end', t => {
  t.deepEqual(unit({}), [
    '[Service]',
    'ExecStart=',
    'ExecStart=/usr/bin/env \\',
    '  consul connect envoy \\',
    '  -sidecar-for=web \\',
    '  -admin-bind=127.0.0.1:19000 \\',
    '  -- \\',
    '  --concurrency \\',
    '  2',
    `ExecStop=-${GENERATOR} drain 127.0.0.1:19000 30`,
    'TimeoutStopSec=35',
    'Environment="CONSUL_PORTS=sidecar-port:20000 admin-port:19000 outbound-port:15001"',
  ])
})

const CASES: readonly (readonly [
  title: string,
  annotations: Readonly<Record<string, string>>,
  lines: readonly string[],
])[] = [
  ['the application starts after the sidecar', { 'alpha:app-unit': 'web.service' }, ['[Unit]', 'Before=web.service']],
  [
    'closed, it is started with the sidecar, whose rules are held',
    { 'alpha:app-unit': 'web.service', 'alpha:on-sidecar-failure': 'closed' },
    [
      '[Unit]',
      'Before=web.service',
      'Wants=web.service',
      'ExecStartPre=',
      'ExecStartPre=-+ {systemd 231 or newer}/usr/local/bin/consul-hold-traffic web',
      'ExecStartPre=+ {systemd 231 or newer}/usr/local/bin/consul-redirect-traffic web wait',
      'ExecStartPre=+ {systemd 231 or newer}/usr/local/bin/consul-hold-traffic web',
      'Environment=CONSUL_HOLD=yes',
    ],
  ],
  [
    'closed without transparent proxy there is nothing to hold',
    { 'transparent-proxy': 'false', 'alpha:on-sidecar-failure': 'closed' },
    ['Environment="CONSUL_PORTS=sidecar-port:20000 admin-port:19000"'],
  ],
  [
    'a sidecar that no longer answers is watched',
    { 'sidecar-proxy-liveness-failure-seconds': '20' },
    ['[Unit]', 'Wants=consul-envoy-watch@web.service'],
  ],
  [
    'secrets are handed on as credentials where systemd has them, and their plain paths to the commands that run as root',
    { 'alpha:acl-token-file': '/etc//consul.d/./tok%en', 'alpha:ca-file': '/etc/ca "x".pem' },
    [
      '[Unit]',
      'Wants=consul-acl-token@web.service',
      'After=consul-acl-token@web.service',
      '  CONSUL_HTTP_TOKEN_FILE=%d/acl-token \\ {systemd 250 or newer}',
      '  CONSUL_CACERT=%d/ca \\ {systemd 250 or newer}',
      '  CONSUL_HTTP_TOKEN_FILE=/run/credentials/%n/acl-token \\ {systemd 247 or newer} {systemd before 250}',
      '  CONSUL_CACERT=/run/credentials/%n/ca \\ {systemd 247 or newer} {systemd before 250}',
      'LoadCredential=acl-token:/etc/consul.d/tok%%en {systemd 247 or newer}',
      'SetCredential=acl-token:missing {systemd 247 or newer}',
      'LoadCredential=ca:/etc/ca "x".pem {systemd 247 or newer}',
      'SetCredential=ca:missing {systemd 247 or newer}',
      'Environment="CONSUL_HTTP_TOKEN_FILE=/etc//consul.d/./tok%%en"',
      'Environment="CONSUL_CACERT=/etc/ca \\"x\\".pem"',
    ],
  ],
  [
    'readiness is waited for, in every way that is asked for',
    {
      'enable-consul-dataplane-as-sidecar': 'true',
      'sidecar-proxy-startup-failure-seconds': '30',
      'sidecar-proxy-lifecycle-startup-grace-period-seconds': '15',
    },
    [
      `ExecStartPost=${PROBE} ready 127.0.0.1:19000 1 1 10 5`,
      `ExecStartPost=${PROBE} ready 127.0.0.1:19000 0 1 30 1`,
      `ExecStartPost=-${PROBE} ready 127.0.0.1:19000 0 1 15 1`,
      'TimeoutStartSec=331',
    ],
  ],
  [
    'seconds are counted exactly, however many',
    {
      'enable-consul-dataplane-as-sidecar': 'true',
      'sidecar-probe-period-seconds': '4294967295',
      'sidecar-probe-failure-threshold': '4294967295',
    },
    [
      `ExecStartPost=${PROBE} ready 127.0.0.1:19000 1 4294967295 4294967295 5`,
      `TimeoutStartSec=${180n + 1n + 4294967295n * 4294967300n}`,
    ],
  ],
  [
    'quantities become limits of the unit, rounded up',
    {
      'sidecar-proxy-cpu-limit': '1001m',
      'sidecar-proxy-cpu-request': '2',
      'sidecar-proxy-memory-limit': '64Mi',
      'sidecar-proxy-memory-request': '0.5',
    },
    ['CPUQuota=101%', 'CPUWeight=200', 'MemoryMax=67108864', 'MemoryLow=1'],
  ],
  [
    'a path that is exposed below port 1024 needs a capability',
    { 'alpha:expose-paths': '80:8080/health' },
    [
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
      'Environment="CONSUL_PORTS=sidecar-port:20000 admin-port:19000 outbound-port:15001 expose-paths:80"',
    ],
  ],
  [
    'an upstream below port 1024 needs a capability; the folder of the access log is made and writable',
    { 'connect-service-upstreams': 'db:443', 'consul-sidecar-access-log-path': '/var/log/my envoy/access.log' },
    [
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
      `ExecStartPre=-+ {systemd 231 or newer}/bin/sh -c '[ -d "$$0" ] || exec install -d -o envoy -g envoy "$$0"' "/var/log/my envoy"`,
      'ReadWritePaths="-/var/log/my envoy"',
    ],
  ],
  [
    'words that systemd would read otherwise are quoted',
    { 'envoy-extra-args': `--a 'b c' --d $e%f '"g\\'` },
    ['  2 \\', '  --a \\', '  "b c" \\', '  --d \\', '  "$$e%%f" \\', '  "\\"g\\\\"'],
  ],
]

for (const [title, annotations, lines] of CASES) test(title, t => t.deepEqual(more(annotations), lines))

test('without a lifecycle Envoy is stopped at once; without draining it is waited for', t => {
  t.false(unit({ 'enable-sidecar-proxy-lifecycle': 'false' }).some(line => line.startsWith('ExecStop=')))
  const drains = 'enable-sidecar-proxy-lifecycle-shutdown-drain-listeners'
  t.true(unit({ [drains]: 'false' }).includes(`ExecStop=-${GENERATOR} wait 127.0.0.1:19000 30`))
})

test('the unit that watches belongs to the sidecar', t => {
  const [web] = sidecarsOf({ 'connect-service': 'web', 'sidecar-proxy-liveness-failure-seconds': '20' })
  t.deepEqual(shownNodes(web?.watch ?? []), [
    '[Unit]',
    'PartOf=envoy@web.service',
    'After=envoy@web.service',
    '[Service]',
    'Restart=on-failure',
    'RestartSec=5',
    `ExecStart=${PROBE} watch 127.0.0.1:19000 20 envoy@web.service`,
  ])
})

test('a quoted word is one line and one word, whatever it holds', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const word = unitWord(text)
      t.notRegex(word, /[\n\r\0]/)
      if (word === text) return
      t.regex(word, /^"(?:[^"\\$%]|\\["\\]|\\x[0-9a-f]{2}|\$\$|%%)*"$/)
    }),
  )
  t.is(normalPath('//a/./b//c'), '/a/b/c')
})
