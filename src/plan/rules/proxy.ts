import type { Annotation } from '../../annotate/annotation.ts'
import { goBool } from '../../annotate/grammar/boolean.ts'
import { metaLimits } from '../../annotate/grammar/meta.ts'
import type { Upstream } from '../../annotate/grammar/upstream.ts'
import { oncePer } from '../../report/once-per.ts'
import { PROMETHEUS_FILES } from '../envoy.ts'
import { isClosed } from '../failure.ts'
import { agentPorts, EXPOSED_CHECKS, exposesChecks, type OwnPort, portsInUse, portsOf } from '../ports.ts'
import { keyOf as key, type Reader } from '../reader.ts'
import { metaOf } from '../registration.ts'
import { CORE } from '../unit.ts'
import type { Case, Conflict, Rule } from './rule.ts'

/** What TLS of the Prometheus endpoint takes: one file of each row. */
const TLS_FILES: readonly (readonly string[])[] = [
  ['prometheus-ca-file', 'prometheus-ca-path'],
  ['prometheus-cert-file'],
  ['prometheus-key-file'],
]

const prometheusFiles = ({ reader }: Case): readonly string[] =>
  PROMETHEUS_FILES.filter(name => reader.given(name) !== undefined)

/** The annotation that turns metrics merging on. It means nothing on a VM, so that it stands among the given ones only. */
function mergingOf({ given }: Case): Annotation | undefined {
  const merging = given.get(key('enable-metrics-merging'))
  const asked = goBool(merging?.value ?? 'false')
  return asked.ok && asked.value ? merging : undefined
}

/** Ports that somebody has already, and what for. */
const takenPorts = oncePer(
  ({ reader, services }: Case): ReadonlyMap<number, string> => portsInUse(services.length, reader),
)

/** What else has a port of the sidecars, or why there is no such port. */
function clashOf({ port, use }: OwnPort, others: readonly OwnPort[], reader: Reader): string | undefined {
  const reserved = agentPorts(reader).get(port)
  const [least = 0, most = 0] = EXPOSED_CHECKS.split(':').map(Number)
  if (exposesChecks(reader) && port >= least && port <= most)
    return `${use} would have port ${port}, one of those on which Envoy answers the agent’s checks (${EXPOSED_CHECKS})`
  if (reserved !== undefined) return `${use} would have port ${port}, which is ${reserved}`
  if (port > 65535) return `${use} would have port ${port}: there is none beyond 65535`
  const other = others.find(own => own.port === port)
  return other && `${use} and ${other.use} would both have port ${port}`
}

const ownPorts = ({ services }: Case): readonly number[] =>
  services.flatMap(({ ports }) => ports.map(({ port }) => port))

/** Rules on the sidecar: metrics, ports, limits of the agent, arguments of Envoy. */
export const PROXY_RULES: readonly Rule[] = [
  {
    code: 'E312',
    find(it) {
      const merging = mergingOf(it)
      if (merging === undefined || it.services.length <= 1) return undefined
      return {
        message: 'multi protocol multi port services are not compatible with metrics merging',
        hint: `take ${merging.key} out`,
        at: merging,
      }
    },
  },
  {
    code: 'E313',
    find(it) {
      const merging = mergingOf(it)
      if (merging === undefined || it.services.length > 1 || prometheusFiles(it).length === 0) return undefined
      return {
        message: 'metrics merging with TLS does not exist on a VM: nothing there merges the metrics',
        hint: `take ${merging.key} out; Envoy serves its own metrics over TLS`,
        at: merging,
      }
    },
  },
  {
    code: 'E314',
    find(it) {
      const files = prometheusFiles(it)
      const [first] = files
      if (first === undefined) return undefined
      const missing = TLS_FILES.filter(names => !names.some(name => files.includes(name))).map(names => {
        const keys = names.map(name => `"${key(name)}"`).join(' or ')
        return names.length > 1 ? `one of ${keys}` : keys
      })
      return missing.map(what => ({
        message: `must set ${what} when providing prometheus TLS config`,
        hint: 'CA, certificate and key go together',
        at: it.reader.given(first),
      }))
    },
  },
  {
    code: 'E305',
    find(it) {
      const taken = takenPorts(it)
      return ownPorts(it).flatMap((port): readonly Conflict[] => {
        const use = taken.get(port)
        if (use === undefined) return []
        const message = `the service's port ${port} is ${use}`
        return [{ message, hint: 'give the service another port', at: it.reader.given('connect-service-port') }]
      })
    },
  },
  {
    code: 'E320',
    find(it) {
      const [taken, own] = [takenPorts(it), ownPorts(it)]
      const upstreams = it.reader.list<Upstream>('connect-service-upstreams')
      return upstreams.flatMap(({ local_bind_port: port, destination_name: name }): readonly Conflict[] => {
        const use = own.includes(port) ? 'the service’s own port' : taken.get(port)
        if (use === undefined) return []
        const message = `upstream ${name} would listen on port ${port}, which is ${use}`
        const at = it.reader.given('connect-service-upstreams')
        return [{ message, hint: 'give the upstream another local port', at }]
      })
    },
  },
  {
    code: 'E322',
    find({ reader, services }) {
      const all = services.flatMap(({ index }) => portsOf(index, reader))
      return all.flatMap((own, index): readonly Conflict[] => {
        const message = clashOf(own, all.slice(0, index), reader)
        if (message === undefined) return []
        return [{ message, hint: `move it by ${key(own.name)}`, at: reader.given(own.name) }]
      })
    },
  },
  {
    code: 'E321',
    find({ reader, services }) {
      const own = [...reader.annotations.values()].filter(({ key: name }) => name.startsWith(key('service-meta-')))
      const metas = services.map(service => metaOf(service, reader))
      const count = Math.max(0, ...metas.map(meta => Object.keys(meta).length))
      const ports = metas.find(({ ports: value }) => typeof value === 'string' && value.length > metaLimits.value)
      if (ports !== undefined) {
        return {
          message: `so many ports do not fit a meta entry: ports would have more than ${metaLimits.value} characters`,
          hint: `name fewer, or give ${key('service-meta-ports')}`,
          at: reader.given('connect-service-port'),
        }
      }
      if (count <= metaLimits.pairs) return undefined
      return {
        message: `${count} meta entries, ${count - own.length} of them automatic: an agent takes ${metaLimits.pairs} at most`,
        hint: 'take some out',
        at: own.at(-1),
      }
    },
  },
  {
    code: 'W315',
    find({ reader }) {
      const asked = reader.given('consul-envoy-proxy-concurrency')
      const words = reader.list<string>('envoy-extra-args')
      if (asked === undefined || !words.some(word => /^--concurrency(?:=|$)/.test(word))) return undefined
      return {
        message: `--concurrency in ${key('envoy-extra-args')} wins over ${asked.key}`,
        hint: 'keep one of the two',
        at: asked,
      }
    },
  },
  {
    code: 'W316',
    find({ reader }) {
      const words = reader.list<string>('envoy-extra-args')
      const bad = words.find(word => /^(?:-c|--config-path|--config-yaml)(?:=|$)/.test(word))
      if (bad === undefined) return undefined
      return {
        message: `${bad} overrides the configuration that Consul gives Envoy`,
        hint: `use ${key('proxy-config-map')} for settings of the proxy`,
        at: reader.given('envoy-extra-args'),
      }
    },
  },
  {
    code: 'W327',
    find({ reader }) {
      const asked = reader.asked('transparent-proxy-overwrite-probes')
      if (asked === undefined || !reader.on('transparent-proxy-overwrite-probes') || exposesChecks(reader))
        return undefined
      return {
        message: `${asked.key} has Envoy answer the agent’s checks of the application, and there is none over HTTP or gRPC`,
        hint: `give ${key('alpha:health-check-http')} with transparent proxy on, or leave it out`,
        at: asked,
      }
    },
  },
  {
    code: 'W326',
    find({ reader }) {
      const asked = reader.asked('sidecar-proxy-cpu-request')
      const request = reader.read<bigint>('sidecar-proxy-cpu-request') ?? 0n
      if (asked === undefined || request === 0n || request > CORE) return undefined
      return {
        message: `${asked.key} asks for no more than one core, which every unit of a VM has already: it is left out`,
        hint: 'leave it out, or ask for more than one core',
        at: asked,
      }
    },
  },
  {
    code: 'W305',
    find({ reader }) {
      const application = reader.given('alpha:app-unit')
      if (!isClosed(reader) || reader.on('transparent-proxy') || application !== undefined) return undefined
      return {
        message: 'nothing is held back while Envoy is away: no traffic is redirected, and no application is named',
        hint: `name the application's unit in ${key('alpha:app-unit')}, or leave transparent proxy on`,
        at: reader.given('alpha:on-sidecar-failure'),
      }
    },
  },
]
