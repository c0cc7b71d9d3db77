import type { Annotations } from '../annotate/annotation.ts'
import type { GrammarSettings } from '../annotate/grammar/settings.ts'
import type { Upstream } from '../annotate/grammar/upstream.ts'
import { upstreamEnvironment } from '../annotate/grammar/upstream-environment.ts'
import { rowOf } from '../annotate/table.ts'
import type { Values } from '../annotate/values.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { agentOf } from './agent.ts'
import { conflicts } from './conflicts.ts'
import type { Host, MeshPlan, ServiceConfig } from './mesh-plan.ts'
import { packagesOf } from './packages.ts'
import { keyOf, Reader } from './reader.ts'
import { registrationOf, servicesOf } from './registration.ts'
import { AUTOMATIC, envoyOf, redirectOf } from './sidecar.ts'

/** Defaults that the guest's configuration states all the same, so that they can be seen there and switched off. */
const STATED: readonly string[] = ['transparent-proxy', ...AUTOMATIC.map(({ name }) => name)]

/** The defaults that a configuration states, by key. */
export const statedDefaults = (): readonly (readonly [key: string, value: string])[] =>
  STATED.map(name => [keyOf(name), rowOf(keyOf(name))?.default ?? 'true'])

/** The grammar's settings as the guest needs them told: nothing of the community edition. */
export const settingsOf = (settings: GrammarSettings): Pick<ServiceConfig, 'settings'> =>
  settings.enterprise || settings.namespaces || settings.partitions ? { settings } : {}

function serviceConfigOf({ annotations, settings }: Reader): ServiceConfig {
  const given = [...annotations.values()].map(({ key, value }) => [key, value] as const)
  const all = new Map([...statedDefaults(), ...given, [keyOf('connect-inject'), 'true'] as const])
  return {
    annotations: Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
    ...settingsOf(settings),
  }
}

/** What was decided for the operator, in one note: what runs, and what is never captured. */
function decided(reader: Reader): Diagnostic {
  const names = reader.list<string>('connect-service').join(', ')
  if (!reader.on('transparent-proxy')) return diagnostic('N102', `${names}: joins the mesh without transparent proxy`)
  const left = AUTOMATIC.filter(({ name }) => reader.on(name)).map(({ value, what }) => `${value} (${what})`)
  const kept = left.length === 0 ? 'nothing is left alone automatically' : `left alone: ${left.join(', ')}`
  return diagnostic('N102', `${names}: joins the mesh with transparent proxy; ${kept}`)
}

export interface Planning {
  readonly plan: MeshPlan
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Annotations -> MeshPlan. `annotations` are those that count; `given` is all that was given, for the rules that need it. The
 * plan of annotations with errors is not for use.
 */
export function plan(annotations: Annotations, given: Annotations, values: Values, host: Host): Planning {
  const reader = new Reader(annotations, values.settings)
  const services = servicesOf(reader)
  const upstreams = reader.list<Upstream>('connect-service-upstreams')
  return {
    plan: {
      serviceConfig: serviceConfigOf(reader),
      registration: registrationOf(reader, host),
      sidecars: services.map(service => ({
        service: service.name,
        redirect: redirectOf(service, reader),
        envoy: envoyOf(service, reader),
        environment: Object.fromEntries(
          service.index === 0 ? upstreamEnvironment(upstreams).map(({ name, value }) => [name, value]) : [],
        ),
      })),
      dns: reader.given('consul-dns') === undefined ? reader.on('transparent-proxy') : reader.on('consul-dns'),
      agent: agentOf(values.helm),
      packages: packagesOf(values.helm),
    },
    diagnostics: [
      ...conflicts({ reader, given, services, acls: values.helm.global?.acls?.manageSystemACLs === true }),
      decided(reader),
    ],
  }
}
