import { readFlags } from '../annotate/beside.ts'
import { merge } from '../annotate/merge.ts'
import { validate } from '../annotate/validate.ts'
import { readValues } from '../annotate/values.ts'
import { planFleet } from '../plan/fleet-plan.ts'
import type { Profile } from '../render/injection.ts'
import { renderFleet } from '../render/render.ts'
import { type Diagnostic, hasErrors, warningsAsErrors } from '../report/diagnostics.ts'
import { weaveVendorData } from '../weave/vendor-data.ts'
import type { JudgeOptions } from './judge.ts'

/** What is said of every VM of a fleet, flags before the values file; the VM's own annotations outrank all of it. */
export interface FleetOptions
  extends Pick<JudgeOptions, 'annotations' | 'values' | 'defaultInject' | 'allowUnknown' | 'strict'> {
  /** Not `fetch`: the readers of annotations travel with the document. */
  readonly profile?: Exclude<Profile, 'fetch'>
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
  const diagnostics = options.strict === true ? warningsAsErrors(said) : said
  if (hasErrors(diagnostics)) return { output: undefined, diagnostics }
  const plan = planFleet(valid.annotations, values, options.defaultInject === true || values.defaultInject)
  return { output: weaveVendorData(renderFleet(plan, options.profile ?? 'full')), diagnostics }
}
