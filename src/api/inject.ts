import type { Decision } from '../annotate/decision.ts'
import { decode } from '../decode/decode.ts'
import { type Layout, wrap } from '../decode/user-data.ts'
import { type Compress, fitTo, type Measurement } from '../fit/fit.ts'
import type { MeshPlan } from '../plan/mesh-plan.ts'
import type { Injection, Profile } from '../render/injection.ts'
import { render } from '../render/render.ts'
import { type Diagnostic, hasErrors, warningsAsErrors, withoutMootNotes } from '../report/diagnostics.ts'
import { weaveCloudConfig } from '../weave/cloud-config.ts'
import { weave } from '../weave/envelope.ts'
import { added, shadowed } from '../weave/shadowed.ts'
import type { Woven } from '../weave/woven.ts'
import { demandBytes } from './demand-bytes.ts'
import { guestUrlFaults } from './guest-url.ts'
import { type Judgement, type JudgeOptions, judge } from './judge.ts'
import { neighbours } from './neighbours.ts'
import { takenOver, unmet } from './unmet.ts'

/** How the injection is written. */
export interface OutputOptions extends Pick<JudgeOptions, 'platform'> {
  readonly profile?: Profile
  /** Where the profile `fetch` finds the guest files: the address of the bundle, or of a folder (with a slash) that holds it by its digest. */
  readonly guestUrl?: string
  /** `multipart` takes every format; `cloud-config` is for platforms that accept one YAML document only. */
  readonly layout?: Layout
  readonly compress?: Compress
  /** The vendor-data that the platform adds: keys of it that would be lost are refused. */
  readonly vendorData?: { readonly name: string; readonly bytes: Uint8Array }
}

/** How a document is to be judged and injected. */
export interface InjectOptions extends JudgeOptions, OutputOptions {}

export interface InjectResult {
  /** User-data bytes; undefined when there are errors. The input itself when it was not to be injected. */
  readonly output: Uint8Array | undefined
  readonly decision: Decision
  readonly diagnostics: readonly Diagnostic[]
  /** What was injected. */
  readonly plan?: MeshPlan
  readonly injection?: Injection
  /** How large the output is; there also when it is too large. */
  readonly size?: Measurement
}

const LAYOUTS: Readonly<Record<Layout, (judgement: Judgement, injection: Injection) => Woven>> = {
  multipart: ({ userData, cuts }, injection) => weave(userData, cuts, injection),
  'cloud-config': ({ userData, cuts }, injection) => weaveCloudConfig(userData, cuts, injection),
}

const isJudgement = (given: Uint8Array | Judgement): given is Judgement =>
  typeof given === 'object' && given !== null && 'userData' in given

/** @internal Carries a judgement on, for whoever asked for that first. */
export function inject(judgement: Judgement, options?: OutputOptions): InjectResult
/**
 * Annotated user-data in, user-data that boots the VM into the mesh out. Pure: the same input gives the same bytes. On any error
 * there is no output. Injecting what is already injected gives the same again.
 */
export function inject(input: Uint8Array, options?: InjectOptions): InjectResult
export function inject(given: Uint8Array | Judgement, options: InjectOptions = {}): InjectResult {
  const judgement = isJudgement(given) ? given : judge(given, options)
  const { input, userData, injectedBefore, decision, plan, diagnostics } = judgement
  if (hasErrors(diagnostics)) return { output: undefined, decision, diagnostics }
  if (!decision.inject) {
    // Switched off by the operator's own word: an earlier injection has to go.
    const output = injectedBefore && decision.explicit ? wrap(userData.bytes, userData.wrappings) : input
    return { output, decision, diagnostics }
  }
  if (options.vendorData !== undefined) demandBytes(options.vendorData.bytes, 'vendorData.bytes')
  const { layout = 'multipart', profile = 'full', compress = 'never', platform, vendorData, guestUrl } = options
  const faults = guestUrlFaults(profile, guestUrl)
  if (faults.length > 0)
    return { output: undefined, decision, diagnostics: withoutMootNotes([...diagnostics, ...faults]) }
  const injection = render(plan, profile, guestUrl)
  const woven = LAYOUTS[layout](judgement, injection)
  if (!woven.ok) {
    return { output: undefined, decision, diagnostics: withoutMootNotes([...diagnostics, ...woven.diagnostics]) }
  }
  const { output, size, ...fitted } = fitTo(woven.bytes, userData, {
    ...(platform !== undefined && { platform }),
    compress,
    isMime: layout === 'multipart' || userData.format === 'mime',
    full: profile === 'full',
  })
  const lost =
    vendorData === undefined
      ? added(woven.keys)
      : shadowed(woven.keys, decode(vendorData.bytes, vendorData.name).userData)
  const warned = [
    ...takenOver(judgement),
    ...unmet(judgement, profile),
    ...neighbours(judgement, profile),
    ...woven.diagnostics,
  ]
  const said = options.strict === true ? warningsAsErrors(warned) : warned
  const all = withoutMootNotes([...diagnostics, ...said, ...lost, ...fitted.diagnostics])
  return { output: hasErrors(all) ? undefined : output, decision, diagnostics: all, plan, injection, size }
}

/** Judges a document exactly as `inject` would, and gives no user-data. */
export function check(
  input: Uint8Array,
  options: InjectOptions = {},
): { readonly ok: boolean; readonly decision: Decision; readonly diagnostics: readonly Diagnostic[] } {
  const { output, decision, diagnostics } = inject(input, options)
  return { ok: output !== undefined, decision, diagnostics }
}
