import type { CheckDefinition } from '../../plan/mesh-plan.ts'
import { configured, type Ground, isHeld, isTransparent, type Meshed, proxyAt, unitSetting } from './facts.ts'
import type { Lane, Step } from './model.ts'

/** What the agent asks of a service and of its sidecar. */
function checksOf({ service, serviceAt }: Meshed): readonly Step[] {
  const step =
    (at: string) =>
    ({ http, tcp, grpc, interval, alias_service: alias }: CheckDefinition, index: number): Step => {
      const kind = http === undefined ? (tcp === undefined ? 'gRPC' : 'TCP') : 'HTTP'
      const often = interval === undefined ? '' : ` every ${interval}`
      const plan = [`${at}/checks/${index}`]
      if (alias !== undefined) return { box: 0, text: alias, note: 'the sidecar is as well as this', plan }
      return { box: 0, text: http ?? tcp ?? grpc ?? '', note: `checked by ${kind}${often}`, plan }
    }
  const { checks: own = [] } = service.connect.sidecar_service
  return [...(service.checks ?? []).map(step(serviceAt)), ...own.map(step(`${serviceAt}/connect/sidecar_service`))]
}

/** The agent's port for Envoy: as the sidecar is told, else as the agent's own settings have it. */
function xdsOf(meshed: Meshed, { plan, agent }: Ground): Step {
  const told = unitSetting(meshed, 'CONSUL_GRPC_ADDR')
  const note = 'tells Envoy what to do (xDS)'
  if (told !== undefined) return { box: 0, text: told.value, note, plan: [told.at] }
  const portsOf = (settings: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> =>
    (settings?.['ports'] ?? {}) as Readonly<Record<string, unknown>>
  const places = [
    [portsOf(plan.agent), '/agent/ports'],
    [portsOf(agent), 'agent/ports'],
  ] as const
  const found = places.flatMap(([ports, at]) =>
    ['grpc_tls', 'grpc'].flatMap(key => {
      const port = ports[key]
      return typeof port === 'number' && port > 0 ? [{ port, at: `${at}/${key}` }] : []
    }),
  )[0]
  return { box: 0, text: `127.0.0.1:${found?.port ?? ''}`, note, plan: [found?.at ?? 'agent'] }
}

/** What Envoy has for others than the mesh. */
function endpointsOf(meshed: Meshed): readonly Step[] {
  const admin = unitSetting(meshed, '-admin-bind')
  const [address, port] = ['address', 'port'].map(what => unitSetting(meshed, `-envoy-ready-bind-${what}`))
  const metrics = configured(meshed, 'envoy_prometheus_bind_addr')
  const path = unitSetting(meshed, '-prometheus-scrape-path')
  const statistics = configured(meshed, 'envoy_stats_bind_addr')
  const at = (key: string): string => proxyAt(meshed, `config/${key}`)
  const steps: readonly (Step | undefined)[] = [
    admin && { box: 1, text: admin.value, note: 'admin API', plan: [admin.at] },
    port && {
      box: 1,
      text: `${address?.value ?? ''}:${port.value}/ready`,
      note: 'whether it is ready',
      plan: [port.at],
    },
    metrics === undefined
      ? undefined
      : {
          box: 1,
          text: metrics + (path?.value ?? ''),
          note: 'metrics, for Prometheus',
          plan: [at('envoy_prometheus_bind_addr'), ...(path === undefined ? [] : [path.at])],
        },
    statistics === undefined
      ? undefined
      : { box: 1, text: statistics, note: 'statistics', plan: [at('envoy_stats_bind_addr')] },
    ...(meshed.service.connect.sidecar_service.proxy.expose?.paths ?? []).map((exposed, index) => ({
      box: 1,
      text: `:${exposed.listener_port}${exposed.path}`,
      note: `for everybody, answered at port ${exposed.local_path_port}`,
      plan: [proxyAt(meshed, `expose/paths/${index}`)],
    })),
  ]
  return steps.filter(step => step !== undefined)
}

/** What becomes of the traffic while Envoy is away. */
function awayOf(all: readonly Meshed[], { plan }: Ground): readonly Step[] {
  const captured = all.filter(isTransparent)
  const held = captured.filter(isHeld)
  const rules = captured.map(({ sidecarAt }) => `${sidecarAt}/redirect`)
  const application: readonly Step[] =
    plan.app_unit === undefined
      ? []
      : [{ box: 2, text: plan.app_unit, note: 'starts after the sidecar', plan: ['/app_unit'] }]
  if (captured.length === 0) {
    const modes = all.map(meshed => proxyAt(meshed, 'mode'))
    return [{ box: 2, text: 'goes on', note: 'but for what is in the mesh', plan: modes }, ...application]
  }
  const fate: Step =
    held.length > 0
      ? {
          box: 2,
          text: 'nothing gets through',
          note: 'the rules stay, from before the agent is there (closed)',
          plan: held.map(({ sidecarAt }) => `${sidecarAt}/unit`),
        }
      : { box: 2, text: 'goes on without the mesh', note: 'the rules are there while Envoy is (open)', plan: rules }
  return [fate, ...application]
}

/** What else there is on the VM: the agent, Envoy's own ports, and what becomes of the traffic without Envoy. */
export function beside(all: readonly Meshed[], ground: Ground): Lane {
  const several = all.length > 1
  const named = (meshed: Meshed, steps: readonly Step[]): readonly Step[] =>
    several ? steps.map(step => ({ ...step, note: `${step.note ?? ''} (${meshed.service.name})` })) : steps
  const steps = [
    ...all.slice(0, 1).map(meshed => xdsOf(meshed, ground)),
    ...all.flatMap(meshed => named(meshed, [...checksOf(meshed), ...endpointsOf(meshed)])),
    ...awayOf(all, ground),
  ]
  return {
    title: 'On the VM itself',
    boxes: ['The Consul agent', 'Envoy', 'Traffic without Envoy'],
    rows: steps.map(step => [step]),
  }
}
