import type { Annotations } from '../annotate/annotation.ts'
import type { Values } from '../annotate/values.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { oncePer } from '../report/once-per.ts'
import { agentOf, agentSettingsOf, whereOf } from './agent.ts'
import { conflicts } from './conflicts.ts'
import { dnsOf } from './dns.ts'
import { binaryOf } from './envoy.ts'
import { unitsOf } from './failure.ts'
import { FORMAT, type GuestPlan, type MeshPlan } from './mesh-plan.ts'
import { packagesOf, pinsOf, withoutEnvoy } from './packages.ts'
import { Reader } from './reader.ts'
import { AUTOMATIC } from './redirect.ts'
import { type NamedService, registrationOf, servicesOf } from './registration.ts'
import { sidecarOf } from './sidecar.ts'

/** What was decided for the operator, in one note: what runs, and what is never captured. */
function decided(reader: Reader): Diagnostic {
  const names = reader.list<string>('connect-service').join(', ')
  if (!reader.on('transparent-proxy')) return diagnostic('N102', `${names}: joins the mesh without transparent proxy`)
  const left = AUTOMATIC.filter(({ name }) => reader.on(name)).flatMap(({ values, what }) => {
    const [first, ...more] = values(reader.platform)
    return first === undefined ? [] : [`${first}${more.length > 0 ? ` and ${more.length} more` : ''} (${what})`]
  })
  const kept = left.length === 0 ? 'nothing is left alone automatically' : `left alone: ${left.join(', ')}`
  return diagnostic('N102', `${names}: joins the mesh with transparent proxy; ${kept}`)
}

/** What the guest is to bring about; what there is nothing of is left out. */
function guestPlanOf(services: readonly NamedService[], reader: Reader): GuestPlan {
  const application = reader.given('alpha:app-unit')?.value
  const [agent, where, dns] = [agentSettingsOf(reader), whereOf(reader), dnsOf(reader)]
  const units = unitsOf(services, reader)
  return {
    ...(Object.keys(agent).length > 0 && { agent }),
    ...(Object.keys(where).length > 0 && { agent_is: where }),
    ...(application !== undefined && { app_unit: application }),
    ...(dns.length > 0 && { dns }),
    registration: registrationOf(reader),
    sidecars: services.map(service => sidecarOf(service, reader)),
    ...(Object.keys(units).length > 0 && { units }),
  }
}

/** What the values alone decide: the same for all documents of a run. */
const sharedOf = oncePer(
  (values: Values): Pick<MeshPlan, 'agent' | 'packages'> => ({
    agent: agentOf(values),
    packages: packagesOf(values.helm),
  }),
)

export interface Planning {
  readonly plan: MeshPlan
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Annotations -> MeshPlan. `annotations` are those that count; `given` is all that was given, for the rules that need it. The
 * plan of annotations with errors is not for use.
 */
export function plan(annotations: Annotations, given: Annotations, values: Values, platform?: string): Planning {
  const reader = new Reader(annotations, values.settings, platform)
  const services = servicesOf(reader)
  const acls = values.helm.global?.acls?.manageSystemACLs === true
  const { agent, packages } = sharedOf(values)
  return {
    plan: {
      serviceConfig: { format: FORMAT, plan: guestPlanOf(services, reader) },
      agent,
      packages: binaryOf(reader) === undefined ? packages : withoutEnvoy(packages),
    },
    diagnostics: [...conflicts({ reader, given, services, acls, pins: pinsOf(values.helm) }), decided(reader)],
  }
}
