import test from 'ava'
import { check } from '../../src/index.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

const says = test.macro({
  exec(t, annotations: Readonly<Record<string, string>>, code: string, message: RegExp, values?: string) {
    const all: Record<string, string> = { 'connect-inject': 'true', 'connect-service': 'web', ...annotations }
    const { diagnostics } = check(new Uint8Array(), {
      annotations: Object.entries(all)
        .filter(([, value]) => value !== 'absent')
        .map(([key, value]) => `${key.startsWith('alpha:') ? key.replace('alpha:', A) : P + key}=${value}`),
      values: { name: 'values.yaml', text: values ?? '{}' },
    })
    const found = diagnostics.find(entry => entry.code === code && message.test(entry.message))
    t.truthy(found, JSON.stringify(diagnostics.map(entry => [entry.code, entry.message])))
    t.truthy(found?.hint)
  },
  title: (title = '') => title,
})

test('the name of the service is required', says, { 'connect-service': 'absent' }, 'E303', /connect-service is missing/)
test(
  'several services and transparent proxy exclude each other',
  says,
  { 'connect-service': 'web,admin' },
  'E304',
  /not compatible with transparent proxy/,
)
test(
  'several services and metrics exclude each other',
  says,
  { 'connect-service': 'web,admin', 'transparent-proxy': 'false', 'enable-metrics': 'true' },
  'E308',
  /not compatible with metrics/,
)
test(
  'several services and merged metrics exclude each other',
  says,
  { 'connect-service': 'web,admin', 'transparent-proxy': 'false', 'enable-metrics-merging': 'true' },
  'E312',
  /not compatible with metrics merging/,
)
test(
  'merged metrics with TLS are refused',
  says,
  { 'enable-metrics-merging': 'true', 'prometheus-ca-file': '/ca' },
  'E313',
  /nothing there merges/,
)
test(
  'the TLS files of Prometheus go together',
  says,
  { 'prometheus-ca-file': '/ca', 'prometheus-cert-file': '/cert' },
  'E314',
  /must set ".*prometheus-key-file"/,
)
test(
  'services and ports go together by position',
  says,
  { 'connect-service': 'a,b,c', 'connect-service-port': '1000,2000', 'transparent-proxy': 'false' },
  'E309',
  /3 services and 2 ports/,
)
test(
  'a port too many is refused even where others are left out',
  says,
  { 'connect-service': 'a,b', 'connect-service-port': ',2000,3000', 'transparent-proxy': 'false' },
  'E309',
  /2 services and 3 ports/,
)
test(
  'several ports in the community edition warn of the one that is registered',
  says,
  { 'connect-service-port': '8080,9090' },
  'W310',
  /only port 8080/,
)
test(
  'a default port without a choice is pointless',
  says,
  { 'connect-service-port': '8080', 'connect-service-default-port': '8080' },
  'W311',
  /none to choose from/,
)
test(
  'a token comes from a file or by logging in, not both ways',
  says,
  { 'alpha:acl-token-file': '/t', 'alpha:acl-auth-method': 'vm', 'alpha:acl-bearer-token-file': '/j' },
  'E316',
  /either from a file or by logging in/,
)
test(
  'an auth method needs a proof of who the VM is',
  says,
  { 'alpha:acl-auth-method': 'vm' },
  'E317',
  /acl-auth-method needs .*acl-bearer-token-file or .*acl-aws-iam/,
)
test(
  'an auth method needs one proof only',
  says,
  { 'alpha:acl-auth-method': 'vm', 'alpha:acl-bearer-token-file': '/j', 'alpha:acl-aws-iam': 'true' },
  'E318',
  /needs only one of/,
)
test('a proof needs an auth method', says, { 'alpha:acl-bearer-token-file': '/j' }, 'E319', /no auth method is given/)
test('AWS needs an auth method too', says, { 'alpha:acl-aws-iam': 'true' }, 'E319', /no auth method is given/)
test('a virtual address needs a port', says, { 'alpha:virtual-ip': '240.0.0.1' }, 'E310', /needs a port/)
test(
  'a virtual address without transparent proxy is pointless',
  says,
  { 'alpha:virtual-ip': '240.0.0.1', 'connect-service-port': '80', 'transparent-proxy': 'false' },
  'W312',
  /transparent proxy only/,
)
test('a namespace needs Enterprise', says, { 'consul-namespace': 'team' }, 'E311', /need Consul Enterprise/)
test(
  'the service cannot have a port of the mesh',
  says,
  { 'connect-service-port': '20000' },
  'E305',
  /port 20000 is the sidecar/,
)
test(
  'an upstream cannot listen on a port of the agent',
  says,
  { 'connect-service-upstreams': 'api:8500' },
  'E320',
  /8500.*HTTP API/,
)
test(
  'an upstream cannot listen on the port of the service',
  says,
  { 'connect-service-port': '8080', 'connect-service-upstreams': 'api:8080' },
  'E320',
  /own port/,
)
test(
  'an upstream cannot listen on the scrape port when metrics are on',
  says,
  { 'enable-metrics': 'true', 'connect-service-upstreams': 'api:20200' },
  'E320',
  /Prometheus/,
)
test(
  'an agent takes 64 meta entries, one of them automatic',
  says,
  Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`service-meta-k${i}`, 'v'])),
  'E321',
  /65 meta entries, 1 of them automatic/,
)
test(
  'the meta entries of several ports count as well',
  says,
  {
    'connect-service-port': '8080,9090',
    ...Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`service-meta-k${i}`, 'v'])),
  },
  'E321',
  /65 meta entries, 4 of them automatic/,
  'global: {image: "hashicorp/consul-enterprise:1.22.0-ent"}',
)
test(
  'a configuration of its own for Envoy is a surprise',
  says,
  { 'envoy-extra-args': '--config-yaml {}' },
  'W316',
  /--config-yaml overrides/,
)
test(
  'ACLs without a token file are a surprise',
  says,
  {},
  'W317',
  /no token/,
  '{"global":{"acls":{"manageSystemACLs":true}}}',
)

test(
  'a sidecar that is to be up before an application that is not named holds nothing up',
  says,
  { 'enable-consul-dataplane-as-sidecar': 'true' },
  'W325',
  /no application is named/,
)
test(
  'a request for less than a core is left out, and said to be',
  says,
  { 'sidecar-proxy-cpu-request': '500m' },
  'W326',
  /no more than one core/,
)
test(
  'checks go through Envoy only where there are some over HTTP or gRPC',
  says,
  { 'transparent-proxy-overwrite-probes': 'true', 'alpha:health-check-tcp': '127.0.0.1:8080' },
  'W327',
  /none over HTTP or gRPC/,
)
for (const unit of ['consul.service', 'consul-sidecar-init.service', 'envoy@web.service']) {
  test(
    `the application is not ${unit}, which has to start before the sidecar is up`,
    says,
    { 'alpha:app-unit': unit },
    'E323',
    new RegExp(`app-unit names ${unit}`),
  )
}
test(
  'the application is not the agent, whatever its unit is called',
  says,
  { 'alpha:agent-unit': 'mesh.service', 'alpha:app-unit': 'mesh.service' },
  'E323',
  /app-unit names mesh\.service/,
)
test(
  'an exposed path has none of the ports on which Envoy answers the agent’s checks',
  says,
  {
    'transparent-proxy-overwrite-probes': 'true',
    'alpha:health-check-http': 'http://127.0.0.1:8080/health',
    'alpha:expose-paths': '21500:8080/health',
  },
  'E322',
  /port 21500, one of those .*21500:21755/,
)
test(
  'a service does not have the port that the agent is moved to',
  says,
  { 'connect-service-port': '8080', 'alpha:dns-port': '8080' },
  'E305',
  /8080 is the agent’s DNS/,
)
test(
  'a sidecar does not have the port where the agent is reached',
  says,
  { 'alpha:admin-port': '19500', 'alpha:http-addr': 'https://localhost:19500' },
  'E322',
  /19500, which is the agent’s HTTP API/,
)
test(
  'ports that do not fit an entry of the meta are refused',
  says,
  { 'connect-service-port': Array.from({ length: 50 }, (_, index) => 30000 + index).join() },
  'E321',
  /so many ports/,
  '{"global":{"image":"hashicorp/consul-enterprise:1.22.0-ent"}}',
)

test(
  'a sidecar that fails closed without redirection and application has nothing to hold back',
  says,
  { 'transparent-proxy': 'false', 'alpha:on-sidecar-failure': 'closed' },
  'W305',
  /nothing is held back/,
)

for (const more of [{ 'alpha:app-unit': 'web.service' }, { 'transparent-proxy': 'true' }]) {
  test(`a sidecar that fails closed holds something back with ${Object.keys(more)}`, t => {
    const annotations = { 'transparent-proxy': 'false', 'alpha:on-sidecar-failure': 'closed', ...more }
    const { diagnostics } = check(new Uint8Array(), {
      annotations: Object.entries({ 'connect-inject': 'true', 'connect-service': 'web', ...annotations }).map(
        ([key, value]) => `${key.startsWith('alpha:') ? key.replace('alpha:', A) : P + key}=${value}`,
      ),
    })
    t.false(diagnostics.some(({ code }) => code === 'W305'))
  })
}
