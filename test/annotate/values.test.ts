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
    extra: { settings: {}, join: [], addresses: {}, left: [], secrets: [] },
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
  'domain-name': 'mesh.example.com',
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

test('client.join is the default of retry-join, whatever the hosts of externalServers are', t => {
  const join = 'client: {join: ["10.0.0.1", "provider=k8s label_selector=\\"a,b\\""]}\n'
  const [found] = read(join).annotations
  t.is(found?.key, 'alpha.consul.hashicorp.com/retry-join')
  t.is(found?.value, String.raw`10.0.0.1,provider=k8s label_selector="a\,b"`)
  for (const enabled of [true, false]) {
    const { annotations, diagnostics } = read(`${join}externalServers: {enabled: ${enabled}, hosts: [h1, h2]}`)
    t.deepEqual(
      annotations.map(({ value }) => value),
      [found?.value],
    )
    t.is(
      diagnostics.some(({ message }) => message.includes('externalServers.hosts: for what has no agent')),
      enabled,
    )
  }
  t.deepEqual(read('client: {join: []}').annotations, [])
  t.deepEqual(read('externalServers: {enabled: true, hosts: [h1]}').annotations, [])
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
  'DNS follows a transparent proxy that is off; one that is on it follows VM by VM, without a default',
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

const told = (content: string): readonly string[] =>
  read(content).diagnostics.map(({ message, code }) => `${code} ${message.replace('values.yaml: ', '')}`)

test('what means nothing on a VM is named, a line a kind, and the rest counts', t => {
  const content =
    'server: {replicas: 3}\nui:\n  enabled: true\nconnectInject:\n  failurePolicy: Fail\n  metrics: {defaultEnabled: true}\n'
  t.deepEqual(told(content), [
    "N103 without meaning on a VM, ignored: server, ui (servers are not the VM's)",
    "N103 without meaning on a VM, ignored: connectInject.failurePolicy (about the injector's own Pods)",
  ])
  t.is(read(content).annotations.length, 1)
})

test('what says nothing is not named: it loses nothing', t => {
  t.deepEqual(told('server: {}\nui: {service: {annotations: null}}\nclient: {tolerations: "", extraVolumes: []}\n'), [])
  t.deepEqual(told('global: {tls: {verify: true, httpsOnly: false}}\nclient: {grpc: true}\n'), [])
  t.deepEqual(told('global: {tls: {verify: false}}\nclient: {grpc: false}\n').length, 2)
})

test('a key that the chart does not have is named, with the one that was meant', t => {
  const { diagnostics } = read(
    'clients: {join: [a]}\nclient: {jion: [a]}\nglobal: {datacentre: x, acl: {manageSystemACLs: true}}\n',
  )
  t.deepEqual(
    diagnostics.map(({ code, message, hint, span }) => [code, message, hint, pointedAt(span)]),
    [
      ['W204', 'values.yaml: clients is not a value of the chart', 'did you mean client?', '{join: [a]}'],
      ['W204', 'values.yaml: client.jion is not a value of the chart', 'did you mean client.join?', '[a]'],
      ['W204', 'values.yaml: global.datacentre is not a value of the chart', 'did you mean global.datacenter?', 'x'],
      [
        'W204',
        'values.yaml: global.acl is not a value of the chart',
        'did you mean global.acls?',
        '{manageSystemACLs: true}',
      ],
    ],
  )
  t.deepEqual(told('x-pods: &pods {a: 1}\nserver: *pods\n'), [
    "N103 without meaning on a VM, ignored: server (servers are not the VM's)",
    'N108 not values of the chart, ignored: x-pods',
  ])
})

test('of many unknown keys the first six are named', t => {
  const content = Array.from({ length: 9 }, (_, index) => `strange${index}: 1`).join('\n')
  t.deepEqual(told(content), [
    'N108 not values of the chart, ignored: strange0, strange1, strange2, strange3, strange4, strange5 and 3 more',
  ])
})

test('a program that says who the servers are is refused, and so is what a shell would fill in', t => {
  const exec = read(
    'externalServers:\n  enabled: true\n  hosts: ["exec=echo 192.0.2.10"]\nclient: {join: [10.0.0.1]}\n',
  )
  t.deepEqual(
    exec.diagnostics.map(({ code, span }) => [code, placeOf(span)]),
    [['E215', '3:12']],
  )
  t.regex(exec.diagnostics[0]?.hint ?? '', /client\.join/)
  t.deepEqual(told('externalServers: {enabled: false, hosts: ["exec=echo 192.0.2.10"]}'), [])
})

test('extraConfig of the client reaches whom the agent joins and where it is reached; what only holds in a container is named', t => {
  const extra = {
    limits: { http_max_conns_per_client: 500 },
    ports: { http: 8700, grpc: -1, grpc_tls: 9503, dns: 8653, serf_lan: 9301 },
    retry_join: ['10.0.0.2'],
    advertise_addr: 'HOST_IP',
    ca_file: '/consul/userconfig/ca/tls.crt',
    data_dir: '/x',
    bind_addr: '{{ GetInterfaceIP "eth0" }}',
  }
  const content = JSON.stringify({ client: { join: ['10.0.0.1'], extraConfig: JSON.stringify(extra) } })
  t.deepEqual(defaults(content), {
    'alpha.retry-join': '10.0.0.1,10.0.0.2',
    'alpha.http-addr': '127.0.0.1:8700',
    'alpha.grpc-addr': 'https://127.0.0.1:9503',
    'alpha.dns-port': '8653',
  })
  t.deepEqual(read(content).extra.settings, {
    limits: { http_max_conns_per_client: 500 },
    ports: { http: 8700, grpc: -1, grpc_tls: 9503, dns: 8653 },
    bind_addr: '{{ GetInterfaceIP "eth0" }}',
  })
  t.deepEqual(told(content), [
    'N103 client.extraConfig: not for a VM, left out of it: ports.serf_lan, advertise_addr, ca_file, data_dir',
  ])
})

for (const [name, secret] of [
  ['encrypt', { encrypt: 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=' }],
  ['acl.tokens.agent', { acl: { enabled: true, tokens: { agent: 'x' } } }],
  ['acl_token', { acl_token: 'x' }],
  ['auto_config.intro_token', { auto_config: { intro_token: 'x' } }],
  ['k', { k: '-----BEGIN PRIVATE KEY-----' }],
] as const) {
  test(`a secret in extraConfig is refused by name: ${name}`, t => {
    const { diagnostics, annotations } = read(JSON.stringify({ client: { extraConfig: JSON.stringify(secret) } }))
    t.deepEqual(codes(diagnostics), ['E214'])
    t.true(diagnostics[0]?.message.endsWith(`client.extraConfig: ${name} is a secret`))
    t.deepEqual(annotations, [])
  })
}

test('extraConfig that is no JSON object is refused, an empty one says nothing', t => {
  for (const text of ['{', '[]', '7', '{{ .Values.x }}'])
    t.deepEqual(
      told(JSON.stringify({ client: { extraConfig: text } })).map(it => it.slice(0, 4)),
      ['E216'],
    )
  for (const text of ['', '{}', '"{}"', null]) t.deepEqual(told(JSON.stringify({ client: { extraConfig: text } })), [])
})

test('an image whose tag tells no version is named, unless another tells it', t => {
  t.deepEqual(told('global: {image: "registry.example/consul:latest"}'), [
    'N109 global.image: its tag tells no version, so the VM installs the newest of the repository',
  ])
  t.deepEqual(told('global: {image: "r/consul:latest"}\nclient: {image: "r/consul:1.22.1"}'), [])
  t.deepEqual(told('global: {image: "r/consul:latest"}\nvm: {packages: {consul: {version: 1.22.1}}}'), [])
})

/** One code for each of what can be wrong with the file, and with a value in it. */
const codeOf = ({ source }: RegExp): string =>
  source.includes('not YAML') ? 'E206' : source === 'not a mapping' ? 'E212' : 'E213'

const refuses = test.macro<[what: string, content: string, place: string, message: RegExp]>({
  exec(t, _, content, place, message) {
    const { annotations, diagnostics, defaultInject } = read(content)
    t.deepEqual(
      [annotations, defaultInject, diagnostics.map(({ code, span }) => `${code} ${placeOf(span)}`)],
      [[], false, [`${codeOf(message)} ${place}`]],
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
  t.deepEqual([...new Set(codes(read(CHART).diagnostics))], ['N103'])
  t.true(read(CHART).diagnostics.length < 10)
  t.deepEqual(defaults(CHART), {
    'transparent-proxy': 'true',
    'prometheus-scrape-port': '20200',
    'consul-envoy-proxy-concurrency': '2',
    'alpha.datacenter': 'dc1',
  })
})

test('several wrong types are all told', t => {
  const { diagnostics } = read('connectInject:\n  default: 1\n  envoyExtraArgs: 2\nserver: {replicas: 1}\n')
  t.deepEqual(codes(diagnostics), ['E213', 'E213', 'N103'])
})
