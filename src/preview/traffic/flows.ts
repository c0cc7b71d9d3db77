import type { Upstream } from '../../annotate/grammar/upstream.ts'
import { rowOf } from '../../annotate/table.ts'
import { keyOf } from '../../plan/reader.ts'
import { configured, type Ground, isTransparent, type Meshed, proxyAt, rulesOf, settingsIn } from './facts.ts'
import type { Lane, Step } from './model.ts'

/** Where Envoy takes what comes for a service: the setting that counts, and its place. */
function publicListener(meshed: Meshed): { readonly text: string; readonly plan: readonly string[] } {
  const given = rulesOf(meshed).find(({ flag }) => flag === '-proxy-inbound-port')
  const [address, port] = [configured(meshed, 'bind_address'), configured(meshed, 'bind_port')]
  const own = `${meshed.serviceAt}/connect/sidecar_service/port`
  return {
    text: `${address ?? ''}:${port ?? meshed.service.connect.sidecar_service.port}`,
    plan: [
      port === undefined ? own : proxyAt(meshed, 'config/bind_port'),
      ...(address === undefined ? [] : [proxyAt(meshed, 'config/bind_address')]),
      ...(given === undefined ? [] : [given.at]),
    ],
  }
}

/** Where the application listens: Envoy reaches it from the VM itself. */
function applicationOf({ service, serviceAt }: Meshed): readonly Step[] {
  const one = service.port === undefined ? [] : [{ port: service.port, note: 'in the clear', at: `${serviceAt}/port` }]
  const more = (service.ports ?? []).map(({ name, port }, index) => ({
    port,
    note: name,
    at: `${serviceAt}/ports/${index}/port`,
  }))
  const all = [...one, ...more]
  if (all.length === 0) return [{ box: 2, text: 'no port', note: 'nothing is offered', plan: [`${serviceAt}/name`] }]
  return all.map(({ port, note, at }) => ({ box: 2, by: 'plain', text: `127.0.0.1:${port}`, note, plan: [at] }))
}

/** What comes in for a service. */
export function inbound(meshed: Meshed): Lane {
  const { service, serviceAt, sidecarAt } = meshed
  const listener = publicListener(meshed)
  const [application, ...more] = applicationOf(meshed)
  const peers: Step = {
    box: 0,
    text: 'services of the mesh',
    note: 'those that intentions let in',
    plan: [`${serviceAt}/connect/sidecar_service/port`],
  }
  const captured: readonly (readonly Step[])[] = isTransparent(meshed)
    ? [
        [
          {
            box: 0,
            text: 'everybody else',
            note: 'TCP to any port that is not left alone',
            plan: [`${sidecarAt}/redirect`],
          },
          {
            box: 1,
            by: 'rules',
            text: 'the same listener',
            note: 'turned away without a certificate of the mesh',
            plan: [`${sidecarAt}/redirect`],
          },
        ],
      ]
    : []
  return {
    title: `Into ${service.name}`,
    boxes: ['From outside', 'Envoy', service.name],
    rows: [
      [
        peers,
        { box: 1, by: 'mtls', ...listener, note: 'public listener' },
        ...(application === undefined ? [] : [application]),
      ],
      ...more.map(step => [step]),
      ...captured,
    ],
  }
}

const joined = (parts: readonly (string | undefined)[]): string => parts.filter(part => part !== undefined).join(', ')

/** What an upstream is, besides its name. */
const aboutUpstream = (upstream: Upstream): string =>
  joined([
    upstream.destination_type === 'prepared_query' ? 'prepared query' : undefined,
    upstream.destination_port && `port ${upstream.destination_port}`,
    upstream.destination_namespace && `namespace ${upstream.destination_namespace}`,
    upstream.destination_partition && `partition ${upstream.destination_partition}`,
    upstream.destination_peer && `peer ${upstream.destination_peer}`,
    upstream.datacenter && `datacenter ${upstream.datacenter}`,
    upstream.mesh_gateway && `mesh gateway ${upstream.mesh_gateway.mode}`,
  ])

const hostOf = ({ local_bind_address: address = '127.0.0.1' }: Upstream): string =>
  address.includes(':') ? `[${address}]` : address

function upstreamRow(upstream: Upstream, at: string, first: boolean): readonly Step[] {
  const about = aboutUpstream(upstream)
  const programs: Step = { box: 0, text: 'programs that ask here', note: 'by address and port', plan: [at] }
  return [
    ...(first ? [programs] : []),
    {
      box: 1,
      by: 'plain',
      text: `${hostOf(upstream)}:${upstream.local_bind_port}`,
      note: 'upstream listener',
      plan: [at],
    },
    { box: 2, by: 'mtls', text: upstream.destination_name, ...(about !== '' && { note: about }), plan: [at] },
  ]
}

/** Where Envoy listens for what is redirected to it, unless it is moved. */
const OUTBOUND = rowOf(keyOf('alpha:outbound-port'))?.default

const outboundPortOf = ({ service }: Meshed): number | string | undefined =>
  service.connect.sidecar_service.proxy.transparent_proxy?.outbound_listener_port ?? OUTBOUND

/** What goes out by way of a service's Envoy; undefined where nothing does. */
export function outbound(meshed: Meshed): Lane | undefined {
  const { service, sidecarAt } = meshed
  const upstreams = (service.connect.sidecar_service.proxy.upstreams ?? []) as readonly Upstream[]
  const rules = [`${sidecarAt}/redirect`]
  const transparent: readonly (readonly Step[])[] = isTransparent(meshed)
    ? [
        [
          { box: 0, text: 'every program', note: 'TCP to whatever is not left alone', plan: rules },
          {
            box: 1,
            by: 'rules',
            text: `127.0.0.1:${outboundPortOf(meshed)}`,
            note: 'outbound listener',
            plan: [proxyAt(meshed, 'mode')],
          },
          {
            box: 2,
            by: 'mtls',
            text: 'services of the mesh',
            note: 'as intentions allow',
            plan: [proxyAt(meshed, 'mode')],
          },
        ],
        [
          {
            box: 2,
            by: 'plain',
            text: 'everywhere else',
            note: 'passed on as it is, unless the mesh forbids it',
            plan: [proxyAt(meshed, 'mode')],
          },
        ],
      ]
    : []
  const rows = [
    ...transparent,
    ...upstreams.map((upstream, index) => upstreamRow(upstream, proxyAt(meshed, `upstreams/${index}`), index === 0)),
  ]
  if (rows.length === 0) return undefined
  return {
    title: isTransparent(meshed) ? 'Out of this VM' : `Out of this VM, by the Envoy of ${service.name}`,
    boxes: ['On this VM', 'Envoy', 'Where it goes'],
    rows,
  }
}

/** Who answers for names of the mesh; undefined where nobody is asked to. */
export function names({ plan: { dns = [] } }: Ground): Lane | undefined {
  const rows = dns.flatMap((choice, index): readonly (readonly Step[])[] => {
    const [at, [domain]] = [`/dns/${index}`, choice.else]
    const server = settingsIn(choice.then, `${at}/then`).find(({ flag }) => flag === 'DNS')
    if (server === undefined) return []
    const asked: Step = { box: 0, text: `names in ${domain}`, note: 'of whoever asks for one', plan: [`${at}/else/0`] }
    const agent: Step = { box: 2, by: 'plain', text: server.value, note: 'DNS of the agent', plan: [server.at] }
    const here = { box: 1, plan: [at] } as const
    return [
      [
        asked,
        { ...here, by: 'plain', text: 'systemd-resolved', note: 'asks the agent {with systemd-resolved}' },
        agent,
      ],
      [asked, { ...here, by: 'rules', text: 'port 53', note: 'is redirected {without systemd-resolved}' }, agent],
    ]
  })
  if (rows.length === 0) return undefined
  return { title: 'Names', boxes: ['What is asked', 'By way of', 'Who answers'], rows }
}
