import { adminPort, readyPort } from './ports.ts'
import type { Reader } from './reader.ts'
import type { NamedService } from './registration.ts'

/** Flags of `consul connect envoy` that carry the TLS files of the Prometheus endpoint. */
export const PROMETHEUS_FILES: readonly string[] = [
  'prometheus-ca-file',
  'prometheus-ca-path',
  'prometheus-cert-file',
  'prometheus-key-file',
]

/** Where the admin API of a service's Envoy listens. */
export const adminOf = ({ index }: NamedService, reader: Reader): string => `127.0.0.1:${adminPort(index, reader)}`

/** Flags of `consul connect envoy` that may stand among the arguments for Envoy, which knows neither. */
const CONSULS_OWN = /^--?(?:envoy-binary=.+|ignore-envoy-compatibility(?:=.*)?)$/

/** What Envoy itself is given, behind `--`. */
function argumentsOf({ index }: NamedService, reader: Reader): readonly string[] {
  const extra = reader.list<string>('envoy-extra-args').filter(word => !CONSULS_OWN.test(word))
  const threads = reader.read<number>('consul-envoy-proxy-concurrency') ?? 0
  const ownThreads = extra.some(word => word === '--concurrency' || word.startsWith('--concurrency='))
  return [
    ...(index > 0 ? ['--base-id', String(index)] : []),
    ...(threads > 0 && !ownThreads ? ['--concurrency', String(threads)] : []),
    ...extra,
  ]
}

function metricsOf(reader: Reader): readonly string[] {
  if (!reader.on('enable-metrics')) return []
  const files = PROMETHEUS_FILES.flatMap(key => {
    const path = reader.given(key)?.value
    return path === undefined ? [] : [`-${key}=${path}`]
  })
  return [`-prometheus-scrape-path=${reader.read<string>('prometheus-scrape-path')}`, ...files]
}

/** The command line that starts a service's Envoy. */
export function envoyOf(service: NamedService, reader: Reader): readonly string[] {
  const namespace = reader.given('consul-namespace')?.value
  const own = argumentsOf(service, reader)
  return [
    'consul',
    'connect',
    'envoy',
    `-sidecar-for=${service.name}`,
    `-admin-bind=${adminOf(service, reader)}`,
    ...(namespace === undefined ? [] : [`-namespace=${namespace}`]),
    ...metricsOf(reader),
    ...(reader.on('use-proxy-health-check')
      ? ['-envoy-ready-bind-address=127.0.0.1', `-envoy-ready-bind-port=${readyPort(service.index, reader)}`]
      : []),
    ...reader.list<string>('envoy-extra-args').filter(word => CONSULS_OWN.test(word)),
    ...(own.length > 0 ? ['--', ...own] : []),
  ]
}
