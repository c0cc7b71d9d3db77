import { type GuestPlan, type ServiceDefinition, servicesIn } from '../plan/mesh-plan.ts'
import { type Hole, shownNode } from '../plan/node.ts'

/** Plain data of a part of the plan, as a reader of its JSON has it. */
export const plainOf = (part: object): object => JSON.parse(JSON.stringify(part)) as object

const shown = (value: string | Hole): string => shownNode(value).join('')

/** A service for people: what only the guest knows is named in braces. */
export const shownService = (service: ServiceDefinition): object =>
  plainOf({
    ...service,
    ...(service.tags !== undefined && { tags: service.tags.map(shown) }),
    meta: Object.fromEntries(Object.entries(service.meta).map(([key, value]) => [key, shown(value)])),
  })

/** The registration for people. */
export function shownRegistration({ registration }: GuestPlan): object {
  const services = servicesIn(registration).map(shownService)
  return 'services' in registration ? { services } : { service: services[0] ?? {} }
}
