import type { MeshPlan } from '../../plan/mesh-plan.ts'
import { masked } from '../mask/mask.ts'
import { plainOf } from '../registration.ts'
import { alone } from './alone.ts'
import { beside } from './beside.ts'
import { type Ground, isTransparent, meshedOf } from './facts.ts'
import { inbound, names, outbound } from './flows.ts'
import type { Lane, Traffic } from './model.ts'

/** Addresses that are asked may hold secrets; names and numbers are none. */
const withoutSecrets = (lane: Lane): Lane => ({
  ...lane,
  rows: lane.rows.map(row =>
    row.map(step => (/[=@?]|:\/\//.test(step.text) ? { ...step, text: masked(step.text) } : step)),
  ),
})

/** The picture of a plan's traffic: nothing is in it but what stands in the plan, and what of the plan is about traffic is. */
export function trafficOf({ serviceConfig: { plan }, agent }: MeshPlan): Traffic {
  const ground = plainOf({ plan, agent }) as Ground
  const all = meshedOf(ground)
  const mode = all.some(isTransparent) ? 'transparent proxy' : 'direct mode, nothing is redirected'
  return {
    title: `Traffic of ${all.map(({ service }) => service.name).join(', ')}: ${mode}`,
    lanes: [
      ...all.flatMap(meshed => [inbound(meshed), outbound(meshed)]),
      names(ground, all),
      alone(all),
      beside(all, ground),
    ].flatMap(lane => (lane === undefined ? [] : [withoutSecrets(lane)])),
  }
}
