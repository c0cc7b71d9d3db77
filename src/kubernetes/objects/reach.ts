import type { Judgement } from '../../api/judge.ts'
import { type MeshPlan, servicesIn } from '../../plan/mesh-plan.ts'
import { type Diagnostic, diagnostic } from '../../report/diagnostics.ts'
import type { Kind } from './kinds.ts'
import type { Locator } from './locator.ts'
import { type Path, valueAt } from './path.ts'

/** How KubeVirt connects an interface: whether it hands on the listed ports only, and whether the guest has an address of its own. */
interface Binding {
  readonly name: string
  readonly lists: boolean
  readonly hides: boolean
}

/** The bindings that are not open to all of the network. Plugins go by the names that KubeVirt's guide gives them. */
const BINDINGS: readonly Binding[] = [
  { name: 'masquerade', lists: true, hides: true },
  { name: 'slirp', lists: true, hides: true },
  { name: 'passt', lists: true, hides: false },
  { name: 'passtBinding', lists: true, hides: false },
]
const OPEN: Binding = { name: 'bridge', lists: false, hides: false }

const bindingOf = (given: unknown): Binding =>
  BINDINGS.find(
    ({ name }) => (valueAt(given, [name]) ?? null) !== null || valueAt(given, ['binding', 'name']) === name,
  ) ?? OPEN

/** The key under which an interface says how it is bound. */
const keyOf = (given: unknown, name: string): string => (valueAt(given, [name]) === undefined ? 'binding' : name)

/** A port that others have to reach, and what listens there. */
interface Needed {
  /** As `8301/UDP`. */
  readonly port: string
  readonly use: string
}

const GOSSIP = 8301

/** What of a VM others have to reach: the sidecars, what Prometheus scrapes, the agent's gossip. */
function neededBy({ serviceConfig: { plan }, agent }: MeshPlan): readonly Needed[] {
  const sidecars = servicesIn(plan.registration).map(({ connect }) => connect.sidecar_service)
  const scraped = sidecars.flatMap(({ proxy }) => {
    const address = proxy.config?.['envoy_prometheus_bind_addr']
    const port = typeof address === 'string' ? /:(\d+)$/.exec(address)?.[1] : undefined
    return port === undefined ? [] : [port]
  })
  const gossip = valueAt({ ...agent, ...plan.agent }, ['ports', 'serf_lan']) ?? GOSSIP
  return [
    ...sidecars.map(({ port }) => ({ port: `${port}/TCP`, use: 'sidecar' })),
    ...[...new Set(scraped)].map(port => ({ port: `${port}/TCP`, use: 'metrics' })),
    { port: `${gossip}/TCP`, use: 'gossip' },
    { port: `${gossip}/UDP`, use: 'gossip' },
  ]
}

const wordOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The ports that an interface lists, as `8080/TCP`; undefined where it lists none and hands on all. */
function listed(ports: unknown): ReadonlySet<string> | undefined {
  if (!Array.isArray(ports) || ports.length === 0) return undefined
  return new Set(
    ports.map(entry => {
      const [port, protocol] = ['port', 'protocol'].map(key => wordOf(valueAt(entry, [key])))
      return `${port}/${(protocol || 'TCP').toUpperCase()}`
    }),
  )
}

/** The ports by what they are for: `20000/TCP (sidecar), 8301/TCP and 8301/UDP (gossip)`. */
function phrase(ports: readonly Needed[]): string {
  const uses = [...new Set(ports.map(({ use }) => use))]
  const all = (use: string): string =>
    ports
      .filter(one => one.use === use)
      .map(({ port }) => port)
      .join(' and ')
  return uses.map(use => `${all(use)} (${use})`).join(', ')
}

/**
 * What keeps others from reaching a VM that is injected: interfaces that hand on listed ports only, and lack some of the mesh; and those
 * that give every VM the same address. Nothing where the agent was told to use another network. The user-data may say which
 * address the agent is to advertise.
 */
export function unreachable(
  object: unknown,
  { instance }: Kind,
  { plan, userData }: Judgement,
  locator: Locator,
): readonly Diagnostic[] {
  const path: Path = [...(instance ?? []), 'domain', 'devices', 'interfaces']
  const interfaces = instance === undefined ? undefined : valueAt(object, path)
  if (!Array.isArray(interfaces)) return []
  const bindings = interfaces.map(bindingOf)
  const { bind_addr: bound, advertise_addr: advertised } = plan.serviceConfig.plan.agent ?? {}
  if (bound !== undefined && bindings.some(({ lists }) => !lists)) return []
  const needed = neededBy(plan)
  const lacking = interfaces.flatMap((one, at) => {
    const ports = bindings[at]?.lists === true ? listed(valueAt(one, ['ports'])) : undefined
    const missing = ports === undefined ? [] : needed.filter(({ port }) => !ports.has(port))
    if (missing.length === 0) return []
    const span = locator.field([...path, at, 'ports'])
    const hint = 'add these ports, or leave ports out, which hands on all'
    return [diagnostic('W603', `peers do not reach ${phrase(missing)} of this VM`, { span, hint })]
  })
  const at = bindings.findIndex(({ hides }) => hides)
  const tells = userData.documents.some(({ source }) => /\badvertise_addr/.test(source.text))
  if (at < 0 || tells || advertised !== undefined) return lacking
  const { name } = bindings[at] ?? OPEN
  const told = diagnostic('W604', `${name} gives every VM the same address, and peers reach none by it`, {
    span: locator.field([...path, at, keyOf(interfaces[at], name)]),
    hint: 'use bridge, or a second network and alpha.consul.hashicorp.com/bind-addr',
  })
  return [...lacking, told]
}
