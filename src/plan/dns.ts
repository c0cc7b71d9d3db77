import type { Dns } from './mesh-plan.ts'
import type { Reader } from './reader.ts'

/** How names of the mesh come to the agent. Empty where they are not to be resolved. */
export function dnsOf(reader: Reader): readonly Dns[] {
  if (!reader.on(reader.given('consul-dns') === undefined ? 'transparent-proxy' : 'consul-dns')) return []
  const [port, domain] = [reader.text('alpha:dns-port') ?? '', reader.text('alpha:domain') ?? '']
  return [
    {
      hole: 'resolved',
      then: ['[Resolve]', `DNS=127.0.0.1:${port}`, 'DNSSEC=false', `Domains=~${domain}`],
      else: [domain, port],
    },
  ]
}

/** The same in words, behind `names of the mesh`. */
export const shownDns = ([dns]: readonly Dns[]): string =>
  dns === undefined
    ? 'are not resolved by Consul'
    : `are resolved by Consul: those under ${dns.else[0]}, by {systemd-resolved, else redirect rules}`
