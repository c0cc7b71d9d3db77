import { readFlags } from './annotate/beside.ts'
import { merge } from './annotate/merge.ts'
import { validate } from './annotate/validate.ts'
import { readValues } from './annotate/values.ts'
import { type Diagnostic, hasErrors, strictly } from './diagnostics.ts'
import { planFleet } from './plan/fleet-plan.ts'
import type { Profile } from './render/injection.ts'
import { renderFleet } from './render/render.ts'
import type { Source } from './source.ts'
import { weaveVendorData } from './weave/vendor-data.ts'

/** What is said of every VM of a fleet; the VM's own annotations outrank all of it. */
export interface FleetOptions {
  /** Default annotations, `key=value`; they outrank the values file. */
  readonly annotations?: readonly string[]
  /** A values file of the consul-k8s Helm chart: defaults. */
  readonly values?: Source
  /** A VM joins unless its connect-inject says "false". */
  readonly defaultInject?: boolean
  readonly profile?: Profile
  readonly allowUnknown?: boolean
  /** Every warning counts as an error. */
  readonly strict?: boolean
}

/**
 * One vendor-data document for every VM of a fleet: the guest reads the annotations of its own user-data and of its instance
 * metadata, and joins or is left alone. Pure; undefined when there are errors.
 */
export function staticVendorData(options: FleetOptions = {}): {
  readonly output: Uint8Array | undefined
  readonly diagnostics: readonly Diagnostic[]
} {
  const values = readValues(options.values)
  const flags = readFlags(options.annotations ?? [])
  const merged = merge([...flags.annotations, ...values.annotations])
  const valid = validate(merged.annotations, values.settings, options.allowUnknown === true)
  const said = [...flags.diagnostics, ...values.diagnostics, ...merged.diagnostics, ...valid.diagnostics]
  const diagnostics = options.strict === true ? strictly(said) : said
  if (hasErrors(diagnostics)) return { output: undefined, diagnostics }
  const plan = planFleet(valid.annotations, values, options.defaultInject === true || values.defaultInject)
  return { output: weaveVendorData(renderFleet(plan, options.profile ?? 'full')), diagnostics }
}
