import test from 'ava'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { readValues, type Values } from '../../src/annotate/values.ts'
import { brief, codes, placeOf, pointedAt, sourceOf } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const read = (content: string): Values => readValues(sourceOf(content, 'values.yaml'))
const defaults = (content: string): Readonly<Record<string, string>> =>
  Object.fromEntries(read(content).annotations.map(({ key, value }) => [key.replace(P, ''), value]))

/** A values file that says one thing, at a dotted path. */
const at = (path: string, value: string): string =>
  path
    .split('.')
    .map((key, depth) => `${'  '.repeat(depth)}${key}:`)
    .join('\n')
    .concat(` ${value}\n`)

test('no values file says nothing', t => {
  t.deepEqual(readValues(undefined), {
    helm: {},
    annotations: [],
    settings: { enterprise: false, namespaces: false, partitions: false },
    defaultInject: false,
    diagnostics: [],
  })
})

test('an empty values file, and one of comments, says nothing', t => {
  for (const content of ['', '# nothing\n', '---\n'])
    t.like(read(content), { annotations: [], diagnostics: [], defaultInject: false })
})

const WRITTEN: Readonly<Record<string, string>> = {
  'go-bool': 'true',
  port: '8080',
  'unprivileged-port': '8080',
  uint: '7',
  'quantity-cpu': '500m',
  'quantity-memory': '64Mi',
  'shell-words': '--log-level debug',
  'url-path': '/stats',
  'namespace-name': 'team',
  'datacenter-name': 'fra1',
}

for (const { key, helm: path, syntax } of ANNOTATIONS) {
  if (path === undefined || ['connectInject.default', 'client.join'].includes(path)) continue
  test(`${path} is the default of ${key.replace(P, '')}`, t => {
    const value = WRITTEN[syntax] ?? ''
    const content = `${at(path, value)}${path.includes('consulNamespaces') ? 'global: {enableConsulNamespaces: true}' : ''}`
    const { annotations, diagnostics } = read(content)
    t.deepEqual(diagnostics.map(brief), [])
    const found = annotations.find(annotation => annotation.key === key)
    t.deepEqual([found?.value, found?.origin, pointedAt(found?.span)], [value, 'default', value])
  })
}

test('client.join is the default of retry-join, and the hosts of externalServers are where they are used', t => {
  const join = 'client: {join: ["10.0.0.1", "provider=k8s label_selector=\\"a,b\\""]}\n'
  const [found] = read(join).annotations
  t.is(found?.key, 'alpha.consul.hashicorp.com/retry-join')
  t.is(found?.value, String.raw`10.0.0.1,provider=k8s label_selector="a\,b"`)
  const hosts = (enabled: boolean): string | undefined =>
    read(`${join}externalServers: {enabled: ${enabled}, hosts: [h1, h2]}`).annotations[0]?.value
  t.is(hosts(true), 'h1,h2')
  t.is(hosts(false), found?.value)
  t.deepEqual(read('client: {join: []}').annotations, [])
})

const gives = test.macro<[what: string, content: string, expected: Readonly<Record<string, string>>]>({
  exec(t, _, content, expected) {
    t.deepEqual(read(content).diagnostics.map(brief), [])
    t.deepEqual(defaults(content), expected)
  },
  title: (_, what) => what,
})

const METRICS = 'connectInject: {metrics: {defaultEnabled: "-"}}\n'
test(gives, '"-" for metrics follows global.metrics.enabled', `${METRICS}global: {metrics: {enabled: true}}`, {
  'enable-metrics': 'true',
})
test(gives, 'and says nothing when that says nothing', METRICS, {})
test(
  gives,
  'a value of its own beats it',
  'connectInject: {metrics: {defaultEnabled: false}}\nglobal: {metrics: {enabled: true}}',
  { 'enable-metrics': 'false' },
)
test(gives, 'absent, it follows too', 'global: {metrics: {enabled: true}}', { 'enable-metrics': 'true' })
test(
  gives,
  'DNS follows the transparent proxy',
  'dns: {enableRedirection: "-"}\nconnectInject: {transparentProxy: {defaultEnabled: false}}',
  {
    'consul-dns': 'false',
    'transparent-proxy': 'false',
  },
)
test(
  gives,
  'null and empty are no default',
  'connectInject: {envoyExtraArgs: null, sidecarProxy: {resources: null}}\n',
  {},
)
test(
  gives,
  'numbers and booleans become strings',
  'connectInject:\n  sidecarProxy: {concurrency: 4}\n  transparentProxy: {defaultEnabled: yes}\n',
  {
    'consul-envoy-proxy-concurrency': '4',
    'transparent-proxy': 'true',
    'consul-dns': 'true',
  },
)
test(
  gives,
  'a namespace counts only where there are namespaces',
  'connectInject: {consulNamespaces: {consulDestinationNamespace: default}}',
  {},
)
test(
  gives,
  'aliases are followed',
  'connectInject: {metrics: {defaultEnabled: &on true}, transparentProxy: {defaultEnabled: *on}}',
  {
    'enable-metrics': 'true',
    'transparent-proxy': 'true',
    'consul-dns': 'true',
  },
)

test('connectInject.default is the default of the decision, and no annotation', t => {
  t.deepEqual(defaults('connectInject: {default: true}'), {})
  t.true(read('connectInject: {default: true}').defaultInject)
  t.false(read('connectInject: {default: false}').defaultInject)
})

const settings = test.macro<[content: string, enterprise: boolean, namespaces: boolean, partitions: boolean]>({
  exec(t, content, enterprise, namespaces, partitions) {
    t.deepEqual(read(content).settings, { enterprise, namespaces, partitions })
  },
  title: (_, content, ...flags) => `${content} means enterprise, namespaces, partitions = ${flags.join(', ')}`,
})

test(settings, 'global: {}', false, false, false)
test(settings, 'global: {image: "hashicorp/consul:1.22.0"}', false, false, false)
test(settings, 'global: {image: "hashicorp/consul-enterprise:1.22.0-ent"}', true, false, false)
test(settings, 'global: {image: "registry.example/consul:1.22.0+ent"}', true, false, false)
test(settings, 'global: {image: "registry.example/client-entry:1.0"}', false, false, false)
test(settings, 'global: {enterpriseLicense: {secretName: licence}}', true, false, false)
test(settings, 'global: {enterpriseLicense: {secretName: ""}}', false, false, false)
test(settings, 'global: {enableConsulNamespaces: true}', true, true, false)
test(settings, 'global: {adminPartitions: {enabled: true, name: a}}', true, false, true)

test('what means nothing on a VM is named in one note, and the rest counts', t => {
  const { diagnostics, annotations } = read(
    'server: {replicas: 3}\nui:\n  enabled: true\nconnectInject:\n  failurePolicy: Fail\n  metrics: {defaultEnabled: true}\n',
  )
  t.deepEqual(diagnostics.map(brief), [
    'N103 nowhere values.yaml: without meaning on a VM, ignored: server, ui, connectInject.failurePolicy',
  ])
  t.is(annotations.length, 1)
})

test('of many such values the first six are named', t => {
  const content = Array.from({ length: 9 }, (_, index) => `x${index}: 1`).join('\n')
  t.regex(read(content).diagnostics.map(brief).join(), /ignored: x0, x1, x2, x3, x4, x5 and 3 more$/)
})

const refuses = test.macro<[what: string, content: string, place: string, message: RegExp]>({
  exec(t, _, content, place, message) {
    const { annotations, diagnostics, defaultInject } = read(content)
    t.deepEqual(
      [annotations, defaultInject, diagnostics.map(({ code, span }) => `${code} ${placeOf(span)}`)],
      [[], false, [`E206 ${place}`]],
    )
    t.regex(diagnostics[0]?.message ?? '', message)
    t.regex(diagnostics[0]?.hint ?? '', /Helm chart/)
  },
  title: (_, what) => what,
})

test(refuses, 'what is not YAML is refused at its place', 'a: 1\nb: [\n', '3:1', /^values.yaml: not YAML: /)
test(refuses, 'a list is no values file', '- a\n', '1:1', /not a mapping/)
test(
  refuses,
  'a value of the wrong type is refused at its place',
  'connectInject:\n  default: "yes"\n',
  '2:13',
  /connectInject\.default \S/,
)
test(refuses, 'so is one in a list', 'client:\n  join:\n  - a\n  - 7\n', '4:5', /client\.join\.1 \S/)
test(
  refuses,
  'so is a mapping where a value should be',
  'connectInject:\n  metrics: {defaultPrometheusScrapePort: {a: 1}}\n',
  '2:42',
  /defaultPrometheusScrapePort/,
)
test(refuses, 'so is a negative number', 'connectInject: {sidecarProxy: {concurrency: -1}}\n', '1:45', /concurrency/)

const CHART = `
global: {enabled: true, name: null, logLevel: info, image: "hashicorp/consul:1.22.0", datacenter: dc1, enterpriseLicense: {secretName: null}}
server: {enabled: "-", replicas: 1}
externalServers: {enabled: false, hosts: [], tlsServerName: null}
client: {enabled: false, join: null}
dns: {enabled: "-", enableRedirection: "-"}
connectInject:
  enabled: true
  default: false
  transparentProxy: {defaultEnabled: true}
  metrics: {defaultEnabled: "-", defaultEnableMerging: false, defaultPrometheusScrapePort: 20200}
  envoyExtraArgs: null
  namespaceSelector: |
    matchExpressions:
    - key: kubernetes.io/metadata.name
  consulNamespaces: {consulDestinationNamespace: default, mirroringK8S: true}
  sidecarProxy: {concurrency: 2, resources: {requests: {memory: null, cpu: null}}}
`

test('a values file as it is used with the chart can be handed over', t => {
  t.deepEqual(codes(read(CHART).diagnostics), ['N103'])
  t.deepEqual(defaults(CHART), {
    'transparent-proxy': 'true',
    'consul-dns': 'true',
    'prometheus-scrape-port': '20200',
    'consul-envoy-proxy-concurrency': '2',
    'alpha.datacenter': 'dc1',
  })
})

test('several wrong types are all told', t => {
  const { diagnostics } = read('connectInject:\n  default: 1\n  envoyExtraArgs: 2\nserver: {}\n')
  t.deepEqual(codes(diagnostics), ['E206', 'E206', 'N103'])
})
