import type { VendorKey } from '../annotate/vendor-switch.ts'
import { render } from '../render/render.ts'
import { diagnostic, hasErrors, warningsAsErrors, withoutMootNotes } from '../report/diagnostics.ts'
import { weaveVendorData } from '../weave/vendor-data.ts'
import { guestUrlFaults } from './guest-url.ts'
import type { InjectOptions, InjectResult } from './inject.ts'
import { judge } from './judge.ts'
import { neighbours } from './neighbours.ts'
import { takenOver, unmet } from './unmet.ts'

/** How the vendor-data of one VM is to be made. */
export interface VendorOptions extends Omit<InjectOptions, 'layout' | 'platform' | 'compress' | 'vendorData'> {
  /** The key by which user-data would switch this vendor-data off: `vendor_data2` for what Nova asks others for. */
  readonly vendorKey?: VendorKey
}

/**
 * The injection alone as vendor-data, for user-data that stays untouched. Empty where the VM does not join, and where the user-data
 * brings the injection itself: nothing joins twice. Warns of user-data that switches vendor-data off.
 */
export function vendorData(input: Uint8Array, options: VendorOptions = {}): InjectResult {
  const { vendorKey = 'vendor_data' } = options
  const judgement = judge(input, options, vendorKey)
  const { injectedBefore, decision, plan, diagnostics } = judgement
  if (hasErrors(diagnostics)) return { output: undefined, decision, diagnostics }
  const nothing = new Uint8Array()
  if (injectedBefore) {
    const hint = 'to have it in vendor-data instead, take it out of there: consul-vm-inject uninject'
    const note = diagnostic('N106', 'the user-data brings the injection itself: the vendor-data is empty', { hint })
    return {
      output: nothing,
      decision,
      diagnostics: [...diagnostics.filter(({ code }) => !/^N10[127]$/.test(code)), note],
    }
  }
  if (!decision.inject) return { output: nothing, decision, diagnostics }
  const { profile = 'full', guestUrl } = options
  const faults = guestUrlFaults(profile, guestUrl)
  if (faults.length > 0)
    return { output: undefined, decision, diagnostics: withoutMootNotes([...diagnostics, ...faults]) }
  const said = [...takenOver(judgement), ...unmet(judgement, profile), ...neighbours(judgement, profile)]
  const all = withoutMootNotes([...diagnostics, ...(options.strict === true ? warningsAsErrors(said) : said)])
  if (hasErrors(all)) return { output: undefined, decision, diagnostics: all }
  const injection = render(plan, profile, guestUrl)
  return { output: weaveVendorData(injection), decision, diagnostics: all, plan, injection }
}
