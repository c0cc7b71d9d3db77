import { configured, type Meshed, unitSetting } from '../traffic/facts.ts'
import { type Draft, draft } from './draft.ts'

const MIB = 1024n * 1024n
const sizeOf = (bytes: string): string => (BigInt(bytes) % MIB === 0n ? `${BigInt(bytes) / MIB} MiB` : `${bytes} bytes`)

/** Lines of the unit, and options of Envoy, that words say better. */
const WORDS: readonly (readonly [pattern: RegExp, words: (value: string) => string])[] = [
  [/^unit(?: \(.*?\))? CPUQuota=(.*)$/, value => `at most ${value} of one CPU`],
  [/^unit(?: \(.*?\))? CPUWeight=(.*)$/, value => `CPU weight ${value}`],
  [/^unit(?: \(.*?\))? MemoryMax=(\d+)$/, value => `at most ${sizeOf(value)} of memory`],
  [/^unit(?: \(.*?\))? MemoryLow=(\d+)$/, value => `keeps ${sizeOf(value)} of memory`],
  [/^unit(?: \(.*?\))? TimeoutStopSec=(\d+)$/, value => `${value} s to stop, at most`],
  [/^unit(?: \(.*?\))? TimeoutStartSec=(\d+)$/, value => `${value} s to start, at most`],
  [/^unit(?: \(.*?\))? ExecStop=-.* drain \S+ (\d+)$/, value => `drains its listeners for ${value} s when it stops`],
  [/^unit(?: \(.*?\))? ExecStop=-.* wait \S+ (\d+)$/, value => `goes on for ${value} s when it stops`],
  [/^unit(?: \(.*?\))? (.*)$/, value => `in its unit: ${value}`],
  [/^envoy(?: \(.*?\))? --concurrency[ =](\d+)$/, value => `${value} threads`],
  [/^envoy(?: \(.*?\))? (.*)$/, value => `started with ${value}`],
]

/** A fact of Envoy's command line or unit in words. */
export function envoyWords(fact: string): string | undefined {
  for (const [pattern, words] of WORDS) {
    const value = pattern.exec(fact)?.[1]
    if (value !== undefined) return words(value)
  }
  return undefined
}

/** What Envoy is to a service, and where it answers. */
export function envoyDrafts(meshed: Meshed, of: string): readonly Draft[] {
  const { service, sidecar } = meshed
  const config = `registration${of} service.connect.sidecar_service.proxy.config`
  const [admin, ready, path] = ['-admin-bind', '-envoy-ready-bind-port', '-prometheus-scrape-path'].map(flag =>
    unitSetting(meshed, flag),
  )
  const metrics = configured(meshed, 'envoy_prometheus_bind_addr')
  const unit = (name: string): string => `${name}@${sidecar.service}.service`
  return [
    draft(
      `the sidecar of ${service.name}, ${unit('envoy')}`,
      `envoy${of} consul connect envoy`,
      `envoy${of} -sidecar-for`,
      `envoy${of} -namespace`,
    ),
    ...(admin === undefined ? [] : [draft(`admin API at ${admin.value}`, `envoy${of} -admin-bind`)]),
    ...(ready === undefined
      ? []
      : [
          draft(
            `says at port ${ready.value} whether it is ready`,
            `envoy${of} -envoy-ready-bind-address`,
            `envoy${of} -envoy-ready-bind-port`,
          ),
        ]),
    ...(metrics === undefined
      ? []
      : [
          draft(
            `metrics for Prometheus at ${metrics}${path?.value ?? ''}`,
            `${config}.envoy_prometheus_bind_addr`,
            `envoy${of} -prometheus-scrape-path`,
          ),
        ]),
    ...(sidecar.watch === undefined
      ? []
      : [draft(`killed when it no longer answers, by ${unit('consul-envoy-watch')}`, `watch unit${of}`)]),
    ...(sidecar.acl === undefined
      ? []
      : [draft(`follows its ACL token, by ${unit('consul-acl-token')}`, `acl unit${of}`)]),
  ]
}
