import type { GuestPlan, MeshPlan, ServiceDefinition, SidecarPlan } from '../../plan/mesh-plan.ts'
import { type PlanNode, shownNode, shownNodes } from '../../plan/node.ts'
import { oncePer } from '../../report/once-per.ts'
import { maskedData } from '../mask/mask.ts'
import { plainOf } from '../registration.ts'

/** What a picture is drawn from: the plan as it travels, in plain data, and the agent's settings for the mesh. */
export interface Ground {
  readonly plan: GuestPlan
  readonly agent: Readonly<Record<string, unknown>>
}

/** What is drawn and told of a plan shows no secret: an address that a check asks may hold one. */
export const groundOf: (plan: MeshPlan) => Ground = oncePer(
  ({ serviceConfig: { plan }, agent }: MeshPlan) => maskedData(plainOf({ plan, agent })) as Ground,
)

/** A service with its sidecar, and where in the plan the two stand. */
export interface Meshed {
  readonly service: ServiceDefinition
  readonly sidecar: SidecarPlan
  readonly serviceAt: string
  readonly sidecarAt: string
}

export function meshedOf({ plan: { registration, sidecars } }: Ground): readonly Meshed[] {
  const several = 'services' in registration
  const services = several ? registration.services : [registration.service]
  return sidecars.flatMap((sidecar, index) => {
    const service = services[index]
    const serviceAt = several ? `/registration/services/${index}` : '/registration/service'
    return service === undefined ? [] : [{ service, sidecar, serviceAt, sidecarAt: `/sidecars/${index}` }]
  })
}

/** Where something of a sidecar's proxy stands in the registration. */
export const proxyAt = ({ serviceAt }: Meshed, path: string): string =>
  `${serviceAt}/connect/sidecar_service/proxy/${path}`

export const isTransparent = ({ sidecar }: Meshed): boolean => sidecar.redirect !== undefined

/** Whether the rules stay while Envoy is away: what the unit tells its commands. */
export const isHeld = ({ sidecar }: Meshed): boolean => shownNodes(sidecar.unit).includes('Environment=CONSUL_HOLD=yes')

/** A setting that the plan gives a command, `-flag=value`, and when it counts, where the guest decides that. */
export interface Setting {
  readonly flag: string
  readonly value: string
  readonly when?: string
  readonly at: string
}

/** What is behind a blank in braces is a condition; a hole has no blank before it. */
const SETTING = /^([^=]*)=(.*?)(?: \{([^{}]*)\})?$/s

/** Settings in a list of nodes, each with its place; what else stands there has an empty value. */
export const settingsIn = (nodes: readonly PlanNode[], at: string): readonly Setting[] =>
  nodes.flatMap((node, index) =>
    shownNode(node).map(line => {
      const [, flag = line, value = '', when] = SETTING.exec(line) ?? []
      return { flag, value, ...(when !== undefined && { when }), at: `${at}/${index}` }
    }),
  )

/** The arguments by which the traffic of a service is redirected. */
export const rulesOf = ({ sidecar, sidecarAt }: Meshed): readonly Setting[] =>
  settingsIn(sidecar.redirect ?? [], `${sidecarAt}/redirect`)

/** An option of Envoy's command line, or a variable of its unit. */
export function unitSetting({ sidecar, sidecarAt }: Meshed, flag: string): Setting | undefined {
  const pattern = new RegExp(`^(?: *"?|Environment="?)${flag}=([^"\\\\ ]*)`)
  return sidecar.unit.flatMap((node, index) => {
    const value = typeof node === 'string' ? pattern.exec(node)?.[1] : undefined
    return value === undefined ? [] : [{ flag, value, at: `${sidecarAt}/unit/${index}` }]
  })[0]
}

/** A setting of the proxy as text; undefined where there is none. */
export function configured({ service }: Meshed, key: string): string | undefined {
  const value = service.connect.sidecar_service.proxy.config?.[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The port that an address ends with. */
export const portOf = (address: string | undefined): string | undefined => /(?:^|:)([0-9]+)$/.exec(address ?? '')?.[1]
