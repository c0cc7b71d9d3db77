import { EXPOSED_CHECKS } from '../../plan/ports.ts'
import { AUTOMATIC } from '../../plan/redirect.ts'
import { configured, isTransparent, type Meshed, portOf, proxyAt, rulesOf, type Setting } from './facts.ts'
import type { Lane, Step } from './model.ts'

/** Something that the rules leave alone, and why. */
interface Alone {
  readonly box: number
  readonly text: string
  readonly why: string
  readonly at: string
}

const ASKED = 'asked for'

/** Which ports of a sidecar are no business of the mesh, and what they are: the agent tells the rules, unless the plan does. */
function ownPorts(meshed: Meshed): readonly (Omit<Alone, 'box'> & { readonly at: string })[] {
  const { checks: exposed, paths = [] } = meshed.service.connect.sidecar_service.proxy.expose ?? {}
  const ports = (
    [
      ['envoy_prometheus_bind_addr', 'metrics of Envoy'],
      ['envoy_stats_bind_addr', 'statistics of Envoy'],
    ] as const
  ).flatMap(([key, why]) => {
    const text = portOf(configured(meshed, key))
    return text === undefined ? [] : [{ text, why, at: proxyAt(meshed, `config/${key}`) }]
  })
  const checks = { text: EXPOSED_CHECKS, why: 'checks of the agent, by Envoy', at: proxyAt(meshed, 'expose/checks') }
  const listeners = paths.map(({ listener_port: port }, index) => ({
    text: String(port),
    why: 'a path for everybody, by Envoy',
    at: proxyAt(meshed, `expose/paths/${index}`),
  }))
  return [...ports, ...(exposed === true ? [checks] : []), ...listeners]
}

/** Why the rules leave something alone: what a VM needs, what Envoy has for others, or because it was asked for. */
function reasonOf({ flag, value }: Setting, own: readonly Omit<Alone, 'box'>[]): string {
  const automatic = AUTOMATIC.find(row => row.flag === flag && row.values().includes(value))?.what
  if (automatic !== undefined) return automatic
  if (value === '{ssh-ports}') return 'SSH'
  if (value === EXPOSED_CHECKS && flag === '-exclude-inbound-port') return 'checks of the agent, by Envoy'
  const ours = flag === '-exclude-inbound-port' ? own.find(({ text }) => text === value)?.why : undefined
  return ours ?? ASKED
}

/** The box that an exclusion stands in, and how it is written there. */
const BOXES: Readonly<Record<string, readonly [box: number, before: string]>> = {
  '-exclude-inbound-port': [0, ''],
  '-exclude-outbound-port': [1, 'port '],
  '-exclude-outbound-cidr': [1, ''],
  '-exclude-uid': [2, ''],
}

/** What the rules of a service leave alone. */
function exclusions(meshed: Meshed): readonly Alone[] {
  const own = ownPorts(meshed)
  const at = `${meshed.sidecarAt}/redirect`
  const told = rulesOf(meshed).flatMap((setting): readonly Alone[] => {
    const [box, before] = BOXES[setting.flag] ?? []
    if (box === undefined || before === undefined) return []
    const when = setting.when === undefined ? '' : ` {${setting.when}}`
    return [{ box, text: `${before}${setting.value}${when}`, why: reasonOf(setting, own), at: setting.at }]
  })
  // The same by another way: the agent tells it of the sidecar.
  const known = own.filter(({ text }) => !told.some(one => one.box === 0 && one.text === text))
  return [
    ...told,
    ...known.map(one => ({ ...one, box: 0 })),
    { box: 1, text: 'loopback', why: 'what stays on the VM', at },
    { box: 2, text: '{uid of envoy}', why: 'Envoy', at },
    { box: 2, text: '{uid of consul}', why: 'the Consul agent', at },
  ]
}

/** One step for all that is left alone for one reason. */
function stepsOf(all: readonly Alone[]): readonly Step[] {
  const groups = new Map<string, Alone[]>()
  for (const one of all) {
    const key = `${one.box} ${one.why}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].map(group => ({
    box: group[0]?.box ?? 0,
    text: [...new Set(group.map(({ text }) => text))].join(', '),
    note: group[0]?.why ?? '',
    plan: [...new Set(group.map(({ at }) => at))],
  }))
}

/** What goes past Envoy, and why. */
export function alone(all: readonly Meshed[]): Lane {
  const captured = all.filter(isTransparent)
  const direct: readonly Step[] = [
    { box: 0, text: 'every port', note: 'there are no rules', plan: all.map(one => proxyAt(one, 'mode')) },
    { box: 1, text: 'every address', note: 'but for the upstreams', plan: all.map(one => proxyAt(one, 'mode')) },
    { box: 2, text: 'everybody', note: 'direct mode', plan: all.map(one => proxyAt(one, 'mode')) },
  ]
  return {
    title: 'Left alone',
    boxes: ['Ports, from outside', 'Where it goes', 'Who sends it'],
    rows: (captured.length === 0 ? direct : stepsOf(captured.flatMap(exclusions))).map(step => [step]),
  }
}
