import test from 'ava'
import fc from 'fast-check'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { type SchemaFault, validateHelmValues } from '../../annotations/generated/validate.ts'
import { grammars, isSyntaxName } from '../../src/annotate/grammar/index.ts'
import { validateAnnotations } from '../support/annotations-schema.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

/** The faults, as `place keyword`. */
const faultsOf = (check: typeof validateAnnotations, data: unknown): readonly string[] => {
  const fine = check(data)
  const faults: readonly SchemaFault[] = check.errors ?? []
  if (fine !== (faults.length === 0)) throw new Error('the answer and the faults disagree')
  return faults.map(({ instancePath, keyword, params }) =>
    keyword === 'additionalProperties'
      ? `unknown ${params['additionalProperty']}`
      : `${instancePath.replaceAll('~1', '/')} ${keyword}`,
  )
}

test('the examples of all keys together are as the schema wants them', t => {
  const examples = ANNOTATIONS.flatMap(({ key, prefix, example }) => (prefix ? [] : [[key, example]]))
  t.true(examples.length > 100)
  t.deepEqual(faultsOf(validateAnnotations, Object.fromEntries(examples)), [])
})

test('the defaults of all keys together are as the schema wants them', t => {
  const defaults = ANNOTATIONS.flatMap(({ key, default: value }) => (value === undefined ? [] : [[key, value]]))
  t.deepEqual(faultsOf(validateAnnotations, Object.fromEntries(defaults)), [])
})

test('a key of a family of keys is known by its beginning, the bare beginning too', t => {
  t.deepEqual(faultsOf(validateAnnotations, { [`${P}service-meta-team`]: 'a', [`${P}service-meta-`]: '' }), [])
  t.deepEqual(faultsOf(validateAnnotations, { [`x.${P}service-meta-team`]: 'a' }), [`unknown x.${P}service-meta-team`])
  t.deepEqual(faultsOf(validateAnnotations, { 'consulxhashicorp.com/service-meta-team': 'a' }), [
    'unknown consulxhashicorp.com/service-meta-team',
  ])
})

const bad = test.macro({
  exec: (t, key: string, value: unknown, keyword: string) => {
    const faults = faultsOf(validateAnnotations, { [key]: value })
    t.true(faults.includes(keyword === 'unknown' ? `unknown ${key}` : `/${key} ${keyword}`), faults.join(', '))
  },
  title: (_, key, value) => `the schema refuses ${JSON.stringify(value)} for ${key}`,
})

test(bad, `${P}connect-inject`, 'yes', 'enum')
test(bad, `${P}connect-inject`, 'TrUe', 'enum')
test(bad, `${P}connect-inject`, true, 'type')
test(bad, `${P}connect-service`, ['web'], 'type')
test(bad, `${P}connect-service`, null, 'type')
test(bad, `${P}connect-servcie`, 'web', 'unknown')
test(bad, `${A}virtual-ipp`, '10.0.0.1', 'unknown')
test(bad, `${P}virtual-ip`, '10.0.0.1', 'unknown')
test(bad, 'constructor', 'web', 'unknown')
test(bad, `${P}prometheus-scrape-port`, '80', 'pattern')
test(bad, `${P}prometheus-scrape-path`, 'metrics', 'pattern')
test(bad, `${P}consul-envoy-proxy-concurrency`, '-1', 'pattern')
test(bad, `${P}sidecar-proxy-lifecycle-shutdown-grace-period-seconds`, '30s', 'pattern')
test(bad, `${P}sidecar-proxy-memory-limit`, '64MiB', 'pattern')
test(bad, `${P}transparent-proxy-exclude-inbound-ports`, '22,ssh', 'pattern')
test(bad, `${P}transparent-proxy-exclude-outbound-cidrs`, 'example.com', 'pattern')
test(bad, `${A}health-check-http`, '127.0.0.1:8080', 'pattern')
test(bad, `${A}health-check-interval`, '10', 'pattern')
test(bad, `${A}app-unit`, 'web', 'pattern')
test(bad, `${A}acl-token-file`, 'token', 'pattern')

test('every fault of a document is reported, not the first one only', t => {
  const faults = faultsOf(validateAnnotations, {
    [`${P}connect-inject`]: 'on',
    [`${P}connect-service`]: 'web',
    [`${P}conect-service-port`]: '8080',
    [`${P}transparent-proxy`]: 'off',
    [`${P}prometheus-scrape-port`]: 'http',
    [`${A}nothing`]: '1',
  })
  t.deepEqual([...faults].sort(), [
    `/${P}connect-inject enum`,
    `/${P}prometheus-scrape-port pattern`,
    `/${P}transparent-proxy enum`,
    `unknown ${A}nothing`,
    `unknown ${P}conect-service-port`,
  ])
})

test('a list or nothing is no set of annotations', t => {
  t.deepEqual(faultsOf(validateAnnotations, []), [' type'])
  t.deepEqual(faultsOf(validateAnnotations, null), [' type'])
})

test('a value that its grammar takes is never refused by the schema', t => {
  const unit = fc.constantFrom(
    ...'0123456789',
    ...'abeEnumkMGTPi',
    's',
    'h',
    'µ',
    'μ',
    ':',
    '.',
    ',',
    '-',
    '+',
    '/',
    ' ',
    '\t',
  )
  const examples = ANNOTATIONS.map(({ example }) => example)
  const written = fc.constantFrom(
    'true',
    'F',
    '[::1]:80',
    'unix:///run/x',
    'https://[::1]/',
    'a@b.service',
    'fe80::1',
    '::',
  )
  const value = fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string(), written, fc.constantFrom(...examples))
  const settings = { enterprise: true, namespaces: true, partitions: true }
  fc.assert(
    fc.property(fc.constantFrom(...ANNOTATIONS), value, ({ key, syntax }, text) => {
      if (!isSyntaxName(syntax) || text.trim() === '' || key === 'secret/' || key.endsWith('/listener-')) return true
      return !grammars[syntax](text, settings).ok || validateAnnotations({ [key]: text })
    }),
    { numRuns: 5000 },
  )
  t.pass()
})

test("a chart's values file is taken, with all that means nothing on a VM", t => {
  const values = {
    global: { name: 'consul', datacenter: 'dc2', image: null, tls: { enabled: true, caCert: { secretName: 'ca' } } },
    server: { replicas: 3 },
    connectInject: {
      default: true,
      cni: { enabled: false },
      metrics: { defaultEnabled: '-', defaultMergedMetricsPort: 20100 },
      sidecarProxy: { concurrency: 4, resources: { requests: { cpu: null, memory: '100Mi' }, limits: null } },
    },
    dns: { enabled: true, enableRedirection: '-' },
    client: { join: ['10.0.0.1'], extraConfig: '{}' },
    externalServers: { enabled: true, hosts: ['consul.example.com'], grpcPort: 8502 },
    vm: { packages: { consul: { version: '1.22.0' } } },
  }
  t.deepEqual(faultsOf(validateHelmValues, values), [])
  t.deepEqual(faultsOf(validateHelmValues, {}), [])
})

test('every fault of a values file is reported', t => {
  const faults = faultsOf(validateHelmValues, {
    global: { logLevel: 'loud', metrics: { enabled: 'yes' } },
    connectInject: { metrics: { defaultEnabled: 'maybe', defaultPrometheusScrapePort: -1 } },
    vm: { packages: { envoy: { apt: { url: 'https://apt.example.com', keyUrl: 'https://apt.example.com/key' } } } },
  })
  t.deepEqual([...faults].sort(), [
    '/connectInject/metrics/defaultEnabled enum',
    '/connectInject/metrics/defaultPrometheusScrapePort minimum',
    '/global/logLevel enum',
    '/global/metrics/enabled type',
    '/vm/packages/envoy/apt required',
  ])
})
