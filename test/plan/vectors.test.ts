import test from 'ava'
import { check, inject } from '../../src/index.ts'
import { canonicalJson } from '../../src/plan/canonical-json.ts'
import { type GuestPlan, type MeshPlan, type ServiceDefinition, servicesIn } from '../../src/plan/mesh-plan.ts'
import { shownNodes } from '../../src/plan/node.ts'
import { shownUnit } from '../../src/plan/unit.ts'
import { type VectorCase, vectors } from '../shared.ts'
import { DEVIATIONS } from './deviations.ts'

const P = 'consul.hashicorp.com/'

/** Settings of a case as the values file that says the same. */
const VALUES: Readonly<Record<string, string>> = {
  transparent_proxy_default: 'connectInject.transparentProxy.defaultEnabled',
  consul_dns_default: 'dns.enableRedirection',
  default_enable_metrics: 'global.metrics.enabled',
  default_prometheus_scrape_path: 'connectInject.metrics.defaultPrometheusScrapePath',
  default_prometheus_scrape_port: 'connectInject.metrics.defaultPrometheusScrapePort',
  default_concurrency: 'connectInject.sidecarProxy.concurrency',
  envoy_extra_args: 'connectInject.envoyExtraArgs',
}

function valuesOf({ input }: VectorCase): string {
  const values: Record<string, unknown> = {}
  const put = (path: string, value: unknown): void => {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const at = keys.reduce<Record<string, unknown>>((node, key) => {
      node[key] ??= {}
      return node[key] as Record<string, unknown>
    }, values)
    at[last] = value
  }
  for (const [name, value] of Object.entries((input['settings'] as object | undefined) ?? {})) {
    if (VALUES[name] !== undefined) put(VALUES[name], value)
    if (name === 'lifecycle') {
      const startup = (value as { startup?: number }).startup
      if (startup !== undefined) put('connectInject.sidecarProxy.lifecycle.defaultStartupGracePeriodSeconds', startup)
    }
  }
  if (input['consul_namespaces_enabled'] === true) put('global.enableConsulNamespaces', true)
  return JSON.stringify(values)
}

/** The annotations of a case as an operator of a VM would write them. */
function annotationsOf({ input, expected }: VectorCase): readonly string[] {
  const given = new Map(Object.entries(input.annotations ?? {}).map(([key, value]) => [key, String(value)]))
  if (!given.has(`${P}connect-service`)) given.set(`${P}connect-service`, 'web')
  const declared = (input['declared_ports'] as readonly { name: string; port: number }[] | undefined) ?? []
  const tokens = given.get(`${P}connect-service-port`)?.split(',') ?? []
  const ports = tokens.flatMap(token =>
    /^\d+$/.test(token) ? token : (declared.find(({ name }) => name === token)?.port ?? []),
  )
  if (declared.length > 0 && ports.length > 0) given.set(`${P}connect-service-port`, ports.join(','))
  if (input['kubernetes_service'] === 'web-admin') given.set(`${P}transparent-proxy`, 'false')
  const address = (input['kubernetes_service'] as { cluster_ip?: string } | undefined)?.cluster_ip
  if (address !== undefined && /[.:]/.test(address)) given.set('alpha.consul.hashicorp.com/virtual-ip', address)
  // Without metrics nothing in the plan has their path.
  if (expected['prometheus_scrape_path'] !== undefined) given.set(`${P}enable-metrics`, 'true')
  const upstreams = (
    input['agent_service'] as { proxy?: { upstreams?: readonly Record<string, unknown>[] } } | undefined
  )?.proxy?.upstreams
  if (upstreams !== undefined) {
    given.set(
      `${P}connect-service-upstreams`,
      upstreams.map(it => `${it['destination_name']}:${it['local_bind_port']}`).join(','),
    )
  }
  return [...given].map(([key, value]) => `${key}=${value}`)
}

const options = (it: VectorCase, defaultInject: boolean): Parameters<typeof inject>[1] => ({
  annotations: annotationsOf(it),
  values: { name: 'values.json', text: valuesOf(it) },
  defaultInject,
  profile: 'prebuilt',
})

/** A plan as a reader of its JSON has it: numbers are numbers. */
const plain = (plan: MeshPlan): GuestPlan => JSON.parse(canonicalJson(plan.serviceConfig.plan)) as GuestPlan

const services = (plan: MeshPlan): readonly ServiceDefinition[] => servicesIn(plain(plan).registration)

/** Lines that the annotations put into the unit of the first sidecar. */
const unit = (plan: MeshPlan): readonly string[] => shownNodes(plan.serviceConfig.plan.sidecars[0]?.unit ?? [])

/** What a directive of the unit says. */
const directive = (plan: MeshPlan, name: string): string | undefined =>
  unit(plan)
    .find(line => line.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const service = (plan: MeshPlan, { expected }: VectorCase): ServiceDefinition | undefined =>
  services(plan).find(({ name }) => name === (expected['service'] as { name?: string }).name) ?? services(plan)[0]

/** The sidecar's registration with what the agent fills in by itself. */
const sidecar = (definition: ServiceDefinition | undefined): object => {
  const { port, proxy } = definition?.connect.sidecar_service ?? {}
  return {
    name: `${definition?.name}-sidecar-proxy`,
    port,
    tags: definition?.tags,
    proxy: {
      ...proxy,
      destination_service_name: definition?.name,
      local_service_address: '127.0.0.1',
      local_service_port: definition?.port,
      upstreams: proxy?.upstreams ?? [],
    },
  }
}

/** What a pod has and a VM has not, or writes otherwise. */
const OF_PODS = new Set([
  'id',
  'address',
  'destination_service_id',
  'locality',
  'ports',
  'mode',
  'meta',
  'envoy_telemetry_collector_bind_socket_dir',
])

/** The expectation filled with what is really there: equal to it where the two agree. */
const shownOf = (real: unknown, expected: unknown): unknown => {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return real
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [
      key,
      OF_PODS.has(key) ? value : shownOf((real as Record<string, unknown> | undefined)?.[key], value),
    ]),
  )
}

/** How each thing that a case may expect is seen in the plan. */
const SEEN: Readonly<Record<string, (plan: MeshPlan, it: VectorCase) => unknown>> = {
  proxy_mode: plan => services(plan)[0]?.connect.sidecar_service.proxy.mode,
  tagged_addresses: plan => services(plan)[0]?.tagged_addresses ?? null,
  tagged_addresses_on: plan =>
    services(plan)[0]?.tagged_addresses !== undefined &&
    services(plan)[0]?.connect.sidecar_service.tagged_addresses !== undefined
      ? ['service', 'proxy']
      : [],
  init_applies_redirect: plan => plan.serviceConfig.plan.sidecars[0]?.redirect !== undefined,
  dns_redirect: plan => plan.serviceConfig.plan.dns !== undefined,
  dns_bind_port: plan => {
    const resolved = shownNodes(plan.serviceConfig.plan.dns ?? []).join('\n')
    return Number(/^DNS=127\.0\.0\.1:(\d+)/m.exec(resolved)?.[1] ?? 0) || null
  },
  enable_metrics: plan =>
    services(plan)[0]?.connect.sidecar_service.proxy.config?.['envoy_prometheus_bind_addr'] !== undefined,
  prometheus_scrape_path: plan => /-prometheus-scrape-path=(\S+)/.exec(unit(plan).join('\n'))?.[1],
  envoy_argv: plan => {
    const argv = shownUnit(plan.serviceConfig.plan.sidecars[0]?.unit ?? []).envoy
    return argv
      .slice(argv.indexOf('--') + 1 || argv.length)
      .join('\0')
      .replace(/^--concurrency\0\d+\0?/, '')
      .split('\0')
      .filter(word => word !== '')
      .map(word => word.replace(/^"(.*)"$/, '$1'))
  },
  // A request below one core makes no directive: systemd has nothing that would keep it.
  resources: (plan, { expected }) => ({
    ...(expected['resources'] as object),
    cpu_limit: `${10 * Number.parseInt(directive(plan, 'CPUQuota') ?? '', 10)}m`,
    memory_limit: `${Number(directive(plan, 'MemoryMax')) / 2 ** 20}Mi`,
    memory_request: `${Number(directive(plan, 'MemoryLow')) / 2 ** 20}Mi`,
  }),
  startup_grace_period_seconds: plan => Number(/^ExecStartPost=-.* (\d+) 1$/m.exec(unit(plan).join('\n'))?.[1]),
  proxy: plan => ({ config: services(plan)[0]?.connect.sidecar_service.proxy.config ?? {} }),
  service_name: plan => services(plan)[0]?.name,
  service: (plan, it) => shownOf(service(plan, it), it.expected['service'] as object),
  proxy_service: (plan, it) => shownOf({ ...sidecar(service(plan, it)) }, it.expected['proxy_service'] as object),
  user_meta: plan =>
    Object.fromEntries(
      Object.entries(services(plan)[0]?.meta ?? {})
        .filter(([key]) => key !== 'managed-by')
        .map(([key, value]) => [key, typeof value === 'string' ? value : `<${value.hole}>`]),
    ),
  tags: plan => services(plan)[0]?.tags ?? [],
}

/** What is not for this file: told by the grammars alone, and tested beside them. */
const elsewhere = (it: VectorCase): boolean =>
  !['decision', 'error', 'ports', 'meta'].includes(it.kind) || it.expected['k8s_literal_args'] === null

const IGNORED = new Set(['match', 'k8s_literal_args'])

const cases = (vectors ?? []).filter(it => !elsewhere(it))

for (const it of cases) {
  const deviation = DEVIATIONS.find(({ covers }) => covers(it))
  const title = `${it.id} ${it.kind} ${it.area ?? ''}: ${it.source.split(':').slice(1).join(':').slice(-70)}`
  if (deviation !== undefined) {
    test(`${title} differs on purpose: ${deviation.reason}`, t => {
      // Never a crash, never silence: a decision or a diagnostic with a remedy.
      const { diagnostics } = check(Buffer.from('#cloud-config\n{}\n'), options(it, true))
      t.true(diagnostics.length > 0)
    })
    continue
  }
  test(`${title} holds`, t => {
    const required = it.input['require_annotation'] === true
    const input = Buffer.from('#cloud-config\n{}\n')
    if (it.kind === 'error') {
      const { ok, diagnostics } = check(input, options(it, true))
      t.false(ok, JSON.stringify(diagnostics.map(({ message }) => message)))
      t.true(diagnostics.every(({ severity, hint }) => severity !== 'error' || hint !== undefined))
      return
    }
    if (it.expected['inject'] !== undefined || it.expected['has_been_injected'] !== undefined) {
      const { decision } = check(input, options(it, !required))
      t.is(decision.inject, it.expected['inject'] === true || it.expected['has_been_injected'] === false)
      return
    }
    const { plan, diagnostics } = inject(input, options(it, true))
    if (plan === undefined) return t.fail(JSON.stringify(diagnostics.map(({ message }) => message)))
    for (const [key, value] of Object.entries(it.expected)) {
      if (IGNORED.has(key)) continue
      const seen = SEEN[key]
      if (seen === undefined) t.fail(`nothing in the plan shows ${key}`)
      else
        t.deepEqual(
          seen(plan, it),
          key === 'user_meta' ? JSON.parse(JSON.stringify(value).replaceAll('pod1', '<hostname>')) : value,
        )
    }
  })
}

if (vectors === undefined) test.skip('the vectors of consul-k8s are not beside the project', t => t.pass())
else test('the vectors are there', t => t.true(cases.length > 100))
