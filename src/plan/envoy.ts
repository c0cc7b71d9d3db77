import { adminPort, readyPort } from './ports.ts'
import { namespaceArgument, type Reader } from './reader.ts'
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

/** Flags of `consul connect envoy` that `envoy-extra-args` may give it: they are none of Envoy's own. */
const OWN = /^--?(?:envoy-binary|ignore-envoy-compatibility)(?:=|$)/
/** The one of them whose value may be a word of its own. */
const TAKES = /^--?envoy-binary$/

/** Where a word of `envoy-extra-args` goes. */
const isOwn = (word: string, index: number, words: readonly string[]): boolean =>
  OWN.test(word) || TAKES.test(words[index - 1] ?? '')

const extraOf = (reader: Reader, own: boolean): readonly string[] =>
  reader.list<string>('envoy-extra-args').filter((word, index, words) => isOwn(word, index, words) === own)

/** The program that is Envoy, where it is not the one on the PATH. */
export function binaryOf(reader: Reader): string | undefined {
  const words = extraOf(reader, true)
  const at = words.findIndex(word => /^--?envoy-binary(?:=|$)/.test(word))
  return words[at]?.split('=')[1] ?? (at < 0 ? undefined : words[at + 1])
}

/** Whether Consul is told to take any Envoy. */
export const takesAny = (reader: Reader): boolean =>
  extraOf(reader, true).some(word => /^--?ignore-envoy-compatibility(?:=(?:1|t|T|TRUE|true|True))?$/.test(word))

/** What Envoy itself is given, behind `--`. */
function argumentsOf({ index }: NamedService, reader: Reader): readonly string[] {
  const extra = extraOf(reader, false)
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
  const own = argumentsOf(service, reader)
  return [
    'consul',
    'connect',
    'envoy',
    `-sidecar-for=${service.name}`,
    `-admin-bind=${adminOf(service, reader)}`,
    ...namespaceArgument(reader),
    ...metricsOf(reader),
    ...(reader.on('use-proxy-health-check')
      ? ['-envoy-ready-bind-address=127.0.0.1', `-envoy-ready-bind-port=${readyPort(service.index, reader)}`]
      : []),
    ...extraOf(reader, true),
    ...(own.length > 0 ? ['--', ...own] : []),
  ]
}
