import type { Decision } from '../annotate/decision.ts'
import { decode } from '../decode/decode.ts'
import { wrap } from '../decode/user-data.ts'
import { type Compress, fitTo, type Size } from '../fit/fit.ts'
import type { PlatformName } from '../fit/platforms.ts'
import type { MeshPlan } from '../plan/mesh-plan.ts'
import type { Injection, Profile } from '../render/injection.ts'
import { render } from '../render/render.ts'
import { type Diagnostic, hasErrors, strictly } from '../report/diagnostics.ts'
import { weaveCloudConfig } from '../weave/cloud-config.ts'
import { weave } from '../weave/envelope.ts'
import { added, shadowed } from '../weave/shadowed.ts'
import type { Layout, Woven } from '../weave/woven.ts'
import { type Judgement, type JudgeOptions, judge, told } from './judge.ts'

/** How a document is to be judged and injected. */
export interface InjectOptions extends JudgeOptions {
  readonly profile?: Profile
  /** `multipart` takes every format; `cloud-config` is for platforms that accept one YAML document only. */
  readonly layout?: Layout
  /** Where the user-data goes: what that does not take is refused. */
  readonly platform?: PlatformName
  readonly compress?: Compress
  /** The vendor-data that the platform adds: keys of it that would be lost are refused. */
  readonly vendorData?: { readonly name: string; readonly bytes: Uint8Array }
}

export interface InjectResult {
  /** User-data bytes; undefined when there are errors. The input itself when it was not to be injected. */
  readonly output: Uint8Array | undefined
  readonly decision: Decision
  readonly diagnostics: readonly Diagnostic[]
  /** What was injected. */
  readonly plan?: MeshPlan
  readonly injection?: Injection
  /** How large the output is; there also when it is too large. */
  readonly size?: Size
}

const LAYOUTS: Readonly<Record<Layout, (judgement: Judgement, injection: Injection) => Woven>> = {
  multipart: ({ userData, cuts }, injection) => weave(userData, cuts, injection),
  'cloud-config': ({ userData, cuts }, injection) => weaveCloudConfig(userData, cuts, injection),
}

/** Does what was judged. */
export function carriedOut(input: Uint8Array, judgement: Judgement, options: InjectOptions): InjectResult {
  const { userData, injectedBefore, decision, plan, diagnostics } = judgement
  if (hasErrors(diagnostics)) return { output: undefined, decision, diagnostics }
  if (!decision.inject) {
    // Switched off by the operator's own word: an earlier injection has to go.
    const output = injectedBefore && decision.explicit ? wrap(userData.bytes, userData.wrappings) : input
    return { output, decision, diagnostics }
  }
  const { layout = 'multipart', profile = 'full', compress = 'never', platform, vendorData } = options
  const injection = render(plan, profile)
  const woven = LAYOUTS[layout](judgement, injection)
  if (!woven.ok) return { output: undefined, decision, diagnostics: told([...diagnostics, ...woven.diagnostics]) }
  const isMime = layout === 'multipart' || userData.format === 'mime'
  const fitted = fitTo(woven.bytes, userData, {
    ...(platform !== undefined && { platform }),
    compress,
    isMime,
    full: profile === 'full',
  })
  const lost =
    vendorData === undefined
      ? added(woven.keys)
      : shadowed(woven.keys, decode(vendorData.bytes, vendorData.name).userData)
  const said = options.strict === true ? strictly(woven.diagnostics) : woven.diagnostics
  const all = told([...diagnostics, ...said, ...lost, ...fitted.diagnostics])
  const { size } = fitted
  if (hasErrors(all)) return { output: undefined, decision, diagnostics: all, plan, injection, size }
  return { output: fitted.output, decision, diagnostics: all, plan, injection, size }
}

/**
 * Annotated user-data in, user-data that boots the VM into the mesh out. Pure: the same input gives the same bytes. On any error
 * there is no output. Injecting what is already injected gives the same again.
 */
export const inject = (input: Uint8Array, options: InjectOptions = {}): InjectResult =>
  carriedOut(input, judge(input, options), options)

/** Judges a document exactly as `inject` would, and gives no user-data. */
export function check(
  input: Uint8Array,
  options: InjectOptions = {},
): { readonly ok: boolean; readonly decision: Decision; readonly diagnostics: readonly Diagnostic[] } {
  const { output, decision, diagnostics } = inject(input, options)
  return { ok: output !== undefined, decision, diagnostics }
}
