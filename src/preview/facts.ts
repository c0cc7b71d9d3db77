import { type MeshPlan, servicesIn } from '../plan/mesh-plan.ts'
import { shownNodes } from '../plan/node.ts'
import { shownUnit } from '../plan/unit.ts'
import { shownService } from './registration.ts'

/** Fields of a registration, one text each: `service.port = 8080`. Lists are one field, lists of objects one an object. */
export function fieldsOf(value: unknown, path: string): readonly string[] {
  const objects = Array.isArray(value) && value.every(item => typeof item === 'object')
  if (objects) return value.map((item, index) => `${path}[${index}] = ${JSON.stringify(item)}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} = ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([key, field]) => fieldsOf(field, `${path}.${key}`))
}

/** Words of a command, an option with its value. */
function optionsIn(words: readonly string[]): readonly string[] {
  const options: string[] = []
  for (const word of words) {
    const last = options.at(-1) ?? ''
    const isValue = /^-[^=]+$/.test(last) && last !== '--' && !word.startsWith('-')
    if (isValue) options[options.length - 1] = `${last} ${word}`
    else options.push(word)
  }
  return options
}

/** Settings of the agent; in place of a secret the file that it is read from. */
const shownSettings = (settings: object = {}): object =>
  JSON.parse(JSON.stringify(settings), (_, value: { readonly hole?: unknown; readonly path?: string } | null) =>
    value?.hole === 'secret' ? `{content of ${value.path}}` : value,
  ) as object

/** A part of a plan: what it is called, and what stands in it. */
export type Part = readonly [label: string, facts: readonly string[]]

/** All that a plan says, in small pieces, so that two plans can be compared. */
export function factsOf({ serviceConfig, agent }: MeshPlan): readonly Part[] {
  const { registration, resolved, sidecars, agent: own } = serviceConfig.plan
  const services = servicesIn(registration)
  const several = sidecars.length > 1
  const of = (service: string): string => (several ? ` (${service})` : '')
  return [
    ...sidecars.flatMap(({ service, unit, redirect = [], environment = [], watch = [], acl = [] }, index) => {
      const definition = services[index]
      const { envoy, others } = shownUnit(unit)
      return [
        [`registration${of(service)}`, definition === undefined ? [] : fieldsOf(shownService(definition), 'service')],
        [`redirect-traffic${of(service)}`, shownNodes(redirect)],
        [`envoy${of(service)}`, optionsIn(envoy).filter(word => word !== '--')],
        [`unit${of(service)}`, others],
        [`watch unit${of(service)}`, shownNodes(watch)],
        [`acl unit${of(service)}`, shownNodes(acl)],
        [`environment${of(service)}`, environment],
      ] satisfies readonly Part[]
    }),
    ['agent', fieldsOf({ ...agent, ...shownSettings(own) }, '').map(field => field.replace(/^\./, ''))],
    ['names of the mesh', [resolved === undefined ? 'are not resolved by Consul' : 'are resolved by Consul']],
  ]
}
