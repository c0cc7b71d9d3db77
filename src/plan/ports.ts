/** Ports of the mesh on a VM. `i` is the position of the service in connect-service, from 0. */
export const SIDECAR = 20000
export const ENVOY_ADMIN = 19000
export const ENVOY_READY = 20800
export const OUTBOUND_LISTENER = 15001

/** Ports that something of the mesh may already use, and what it is. */
export const RESERVED: readonly (readonly [port: number, use: string])[] = [
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
  [OUTBOUND_LISTENER, 'Envoy’s outbound listener'],
]

/** Every port that the mesh itself takes on a VM with so many services. */
export function portsInUse(services: number, scrapePort: number | undefined): ReadonlyMap<number, string> {
  const own = Array.from({ length: services }, (_, i): readonly (readonly [number, string])[] => [
    [SIDECAR + i, 'the sidecar’s public listener'],
    [ENVOY_ADMIN + i, 'Envoy’s admin API'],
    [ENVOY_READY + i, 'Envoy’s readiness endpoint'],
  ])
  const scrape: readonly (readonly [number, string])[] =
    scrapePort === undefined ? [] : [[scrapePort, 'Envoy’s Prometheus endpoint']]
  return new Map([...RESERVED, ...own.flat(), ...scrape])
}
