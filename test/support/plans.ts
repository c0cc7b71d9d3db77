import { type InjectResult, inject, type ServiceDefinition } from '../../src/index.ts'
import { type SidecarPlan, servicesIn } from '../../src/plan/mesh-plan.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

/** Short keys: `alpha:` stands for the VM-only domain. */
export function planned(annotations: Readonly<Record<string, string>>, values = '{}'): InjectResult {
  const all = { 'connect-inject': 'true', ...annotations }
  return inject(new Uint8Array(), {
    annotations: Object.entries(all).map(
      ([key, value]) => `${key.startsWith('alpha:') ? key.replace('alpha:', A) : P + key}=${value}`,
    ),
    values: { name: 'values.yaml', text: values },
    profile: 'prebuilt',
  })
}

/** The services that a plan registers; none without a plan. */
export const servicesOf = ({ plan }: Pick<InjectResult, 'plan'>): readonly ServiceDefinition[] =>
  plan === undefined ? [] : servicesIn(plan.serviceConfig.plan.registration)

/** The sidecars that annotations come to; none without a plan. */
export const sidecarsOf = (annotations: Readonly<Record<string, string>>, values?: string): readonly SidecarPlan[] =>
  planned(annotations, values).plan?.serviceConfig.plan.sidecars ?? []
