import type { Annotations } from '../annotate/annotation.ts'
import type { GrammarSettings } from '../annotate/grammar/settings.ts'
import type { Values } from '../annotate/values.ts'
import { agentOf } from './agent.ts'
import type { MeshPlan } from './mesh-plan.ts'
import { packagesOf } from './packages.ts'
import { statedDefaults } from './stated.ts'

/** `/srv/consul/service-config.json` where the guest plans by itself: an image, or the VM of a fleet. */
export interface AnnotatedConfig {
  readonly annotations: Readonly<Record<string, string>>
  readonly settings?: GrammarSettings
}

/** The grammar's settings as the guest needs them told: nothing of the community edition. */
const settingsOf = (settings: GrammarSettings): Pick<AnnotatedConfig, 'settings'> =>
  Object.values(settings).some(Boolean) ? { settings } : {}

/** What every VM of a fleet has in common. Which of them join, and as what, each works out by itself. */
export interface FleetPlan extends Pick<MeshPlan, 'agent' | 'packages'> {
  /** Defaults below the annotations of the VM itself, and the settings that go with them. */
  readonly defaults: AnnotatedConfig
  /** Whether a VM joins whose annotations do not say. */
  readonly inject: boolean
}

/** Defaults of the fleet -> FleetPlan. */
export const planFleet = (annotations: Annotations, values: Values, inject: boolean): FleetPlan => ({
  defaults: {
    annotations: Object.fromEntries([
      ...statedDefaults(),
      ...[...annotations.values()].map(({ key, value }) => [key, value] as const),
    ]),
    ...settingsOf(values.settings),
  },
  inject,
  agent: agentOf(values),
  packages: packagesOf(values.helm),
})
