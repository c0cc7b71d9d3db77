import type { Cidr } from '../annotate/grammar/cidrs.ts'
import type { PortRange } from '../annotate/grammar/port-ranges.ts'
import type { User } from '../annotate/grammar/uids.ts'
import { ENVOY_ADMIN, ENVOY_READY } from './ports.ts'
import type { Reader } from './reader.ts'
import type { NamedService } from './registration.ts'

/** What a VM needs left alone that a pod does not: the switch, and what it excludes. */
export const AUTOMATIC: readonly {
  readonly name: string
  readonly flag: '-exclude-inbound-port' | '-exclude-outbound-cidr'
  readonly value: string
  readonly what: string
}[] = [
  { name: 'alpha:transparent-proxy-exclude-ssh', flag: '-exclude-inbound-port', value: '22', what: 'SSH' },
  { name: 'alpha:transparent-proxy-exclude-serf', flag: '-exclude-inbound-port', value: '8301', what: 'gossip' },
  {
    name: 'alpha:transparent-proxy-exclude-metadata',
    flag: '-exclude-outbound-cidr',
    value: '169.254.169.254/32',
    what: 'instance metadata',
  },
]

const automatic = (reader: Reader, flag: string): readonly string[] =>
  AUTOMATIC.filter(row => row.flag === flag && reader.on(row.name)).map(({ value }) => value)

/** Arguments of `consul connect redirect-traffic` but for the user ids, which only the guest knows. Empty when direct. */
export function redirectOf({ name }: NamedService, reader: Reader): readonly string[] {
  if (!reader.on('transparent-proxy')) return []
  const texts = (key: string): readonly string[] =>
    reader.list<PortRange | Cidr | User>(`transparent-proxy-exclude-${key}`).map(({ text }) => text)
  const namespace = reader.given('consul-namespace')?.value
  const all = [
    `-proxy-id=${name}-sidecar-proxy`,
    ...[...automatic(reader, '-exclude-inbound-port'), ...texts('inbound-ports')].map(
      it => `-exclude-inbound-port=${it}`,
    ),
    ...texts('outbound-ports').map(it => `-exclude-outbound-port=${it}`),
    ...[...automatic(reader, '-exclude-outbound-cidr'), ...texts('outbound-cidrs')].map(
      it => `-exclude-outbound-cidr=${it}`,
    ),
    ...texts('uids').map(it => `-exclude-uid=${it}`),
    ...(namespace === undefined ? [] : [`-namespace=${namespace}`]),
  ]
  return [...new Set(all)]
}

/** Flags of `consul connect envoy` that carry the TLS files of the Prometheus endpoint. */
export const PROMETHEUS_FILES: readonly string[] = [
  'prometheus-ca-file',
  'prometheus-ca-path',
  'prometheus-cert-file',
  'prometheus-key-file',
]

/** The command line that starts a service's Envoy. */
export function envoyOf({ name, index }: NamedService, reader: Reader): readonly string[] {
  const namespace = reader.given('consul-namespace')?.value
  const metrics = reader.on('enable-metrics')
  const files = PROMETHEUS_FILES.flatMap(key => {
    const path = reader.given(key)?.value
    return path === undefined ? [] : [`-${key}=${path}`]
  })
  const extra = reader.list<string>('envoy-extra-args')
  const concurrency = reader.read<number>('consul-envoy-proxy-concurrency') ?? 0
  const ownConcurrency = extra.some(word => word === '--concurrency' || word.startsWith('--concurrency='))
  const envoy = [
    ...(index > 0 ? ['--base-id', String(index)] : []),
    ...(concurrency > 0 && !ownConcurrency ? ['--concurrency', String(concurrency)] : []),
    ...extra,
  ]
  return [
    'consul',
    'connect',
    'envoy',
    `-sidecar-for=${name}`,
    `-admin-bind=127.0.0.1:${ENVOY_ADMIN + index}`,
    ...(namespace === undefined ? [] : [`-namespace=${namespace}`]),
    ...(metrics ? [`-prometheus-scrape-path=${reader.read<string>('prometheus-scrape-path')}`, ...files] : []),
    ...(reader.on('use-proxy-health-check')
      ? ['-envoy-ready-bind-address=127.0.0.1', `-envoy-ready-bind-port=${ENVOY_READY + index}`]
      : []),
    ...(envoy.length > 0 ? ['--', ...envoy] : []),
  ]
}
