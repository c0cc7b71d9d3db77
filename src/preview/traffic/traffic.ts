import type { MeshPlan } from '../../plan/mesh-plan.ts'
import { alone } from './alone.ts'
import { beside } from './beside.ts'
import { groundOf, isTransparent, meshedOf } from './facts.ts'
import { inbound, names, outbound } from './flows.ts'
import type { Traffic } from './model.ts'

/** The picture of a plan's traffic: nothing is in it but what stands in the plan, and what of the plan is about traffic is. */
export function trafficOf(plan: MeshPlan): Traffic {
  const ground = groundOf(plan)
  const all = meshedOf(ground)
  const mode = all.some(isTransparent) ? 'transparent proxy' : 'direct mode, nothing is redirected'
  return {
    title: `Traffic of ${all.map(({ service }) => service.name).join(', ')}: ${mode}`,
    lanes: [
      ...all.flatMap(meshed => [inbound(meshed), outbound(meshed)]),
      names(ground),
      alone(all),
      beside(all, ground),
    ].filter(lane => lane !== undefined),
  }
}
