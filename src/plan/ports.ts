import type { ExposedPath } from '../annotate/grammar/expose-paths.ts'
import type { Reader } from './reader.ts'

/** Ports that something of the mesh may already use, and what it is. */
const RESERVED: readonly (readonly [port: number, use: string])[] = [
  [8300, 'the Consul servers’ RPC'],
  [8301, 'gossip within the datacenter'],
  [8302, 'gossip between datacenters'],
  [8500, 'the agent’s HTTP API'],
  [8501, 'the agent’s HTTPS API'],
  [8502, 'the agent’s gRPC (xDS)'],
  [8503, 'the agent’s gRPC over TLS'],
  [8600, 'the agent’s DNS'],
  [8653, 'kept by Consul 2.1 for DNS'],
  [8654, 'kept by Consul 2.1 for DNS'],
]

/** A port on which a sidecar listens, what for, and the annotation that moves it. */
export interface OwnPort {
  readonly port: number
  readonly use: string
  /** The short name of the annotation. */
  readonly name: string
}

const portOf = (name: string, index: number, reader: Reader): number => (reader.read<number>(name) ?? 0) + index

/** The sidecar's public listener. `index` is the position of the service in connect-service, from 0. */
export const sidecarPort = (index: number, reader: Reader): number => portOf('alpha:sidecar-port', index, reader)
/** Envoy's admin API. */
export const adminPort = (index: number, reader: Reader): number => portOf('alpha:admin-port', index, reader)
/** Envoy's ready listener. */
export const readyPort = (index: number, reader: Reader): number => portOf('alpha:ready-port', index, reader)

/** The listener that outbound traffic is redirected to, where that was moved. */
export const movedOutbound = (reader: Reader): number | undefined =>
  reader.on('transparent-proxy') && reader.given('alpha:outbound-port') !== undefined
    ? reader.read<number>('alpha:outbound-port')
    : undefined

/** The paths that are exposed: the first service's. */
export const exposedOf = (index: number, reader: Reader): readonly ExposedPath[] =>
  index === 0 ? reader.list<ExposedPath>('alpha:expose-paths') : []

/** Ports on which Envoy answers the agent's checks of the application, of `expose.checks`: the agent's own default. */
export const EXPOSED_CHECKS = '21500:21755'

/** Whether Envoy answers the agent's checks of the first service: those over HTTP and gRPC. */
export const exposesChecks = (reader: Reader): boolean =>
  reader.on('transparent-proxy') &&
  reader.on('transparent-proxy-overwrite-probes') &&
  ['http', 'grpc'].some(kind => reader.given(`alpha:health-check-${kind}`) !== undefined)

/** The address of the VM's own agent. */
const LOCAL = /^(?:(https?):\/\/)?(?:localhost|127\.[0-9.]+|\[::1\]):([0-9]+)$/

/** Where the VM's own agent is reached, by an annotation; undefined where that says nothing, or something else. */
export function localOf(
  reader: Reader,
  name: 'http-addr' | 'grpc-addr',
): { readonly tls: boolean; readonly port: number } | undefined {
  const [, scheme, port] = LOCAL.exec(reader.given(`alpha:${name}`)?.value ?? '') ?? []
  return port === undefined ? undefined : { tls: scheme === 'https', port: Number(port) }
}

/** What the agent has: its usual ports, and those that annotations move it to. */
export function agentPorts(reader: Reader): ReadonlyMap<number, string> {
  const moved = [
    [localOf(reader, 'http-addr')?.port, 'the agent’s HTTP API'],
    [localOf(reader, 'grpc-addr')?.port, 'the agent’s gRPC (xDS)'],
    [reader.read<number>('alpha:dns-port'), 'the agent’s DNS'],
  ] as const
  return new Map([...moved.flatMap(([port, use]) => (port === undefined ? [] : [[port, use] as const])), ...RESERVED])
}

/** The ports on which the sidecar of a service listens. */
export function portsOf(index: number, reader: Reader): readonly OwnPort[] {
  const row = (on: boolean, use: string, name: string, place: number): readonly OwnPort[] =>
    on ? [{ port: portOf(name, place, reader), use, name }] : []
  return [
    ...row(true, 'the sidecar’s public listener', 'alpha:sidecar-port', index),
    ...row(true, 'Envoy’s admin API', 'alpha:admin-port', index),
    ...row(index === 0 && reader.on('transparent-proxy'), 'Envoy’s outbound listener', 'alpha:outbound-port', 0),
    ...row(reader.on('use-proxy-health-check'), 'Envoy’s readiness endpoint', 'alpha:ready-port', index),
    ...row(index === 0 && reader.on('enable-metrics'), 'Envoy’s Prometheus endpoint', 'prometheus-scrape-port', 0),
    ...exposedOf(index, reader).map(({ listener_port: port }) => ({
      port,
      use: 'an exposed path’s listener',
      name: 'alpha:expose-paths',
    })),
  ]
}

/** The same for the guest, which finds out whether they are free: each behind the short name of its annotation, `admin-port:19000`. */
export const ownPortsOf = (index: number, reader: Reader): string =>
  portsOf(index, reader)
    .map(({ port, name }) => `${name.replace('alpha:', '')}:${port}`)
    .join(' ')

/** Every port that the mesh itself takes on a VM with so many services, those that are taken only where something is switched on included. */
export function portsInUse(services: number, reader: Reader): ReadonlyMap<number, string> {
  const own = Array.from({ length: services }, (_, index) => [
    ...portsOf(index, reader),
    { port: readyPort(index, reader), use: 'Envoy’s readiness endpoint' },
    { port: portOf('alpha:outbound-port', 0, reader), use: 'Envoy’s outbound listener' },
  ])
  return new Map([...agentPorts(reader), ...own.flat().map(({ port, use }) => [port, use] as const)])
}
