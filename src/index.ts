import type { Decision } from './annotate/decision.ts'
import { decode, wrap } from './decode/user-data.ts'
import { type Diagnostic, diagnostic, hasErrors } from './diagnostics.ts'
import { type Compress, fitTo, type Size } from './fit/fit.ts'
import type { PlatformName } from './fit/platforms.ts'
import { type Judgement, type JudgeOptions, judge, told } from './judge.ts'
import type { MeshPlan } from './plan/mesh-plan.ts'
import type { Injection, Profile } from './render/injection.ts'
import { render } from './render/render.ts'
import { weaveCloudConfig } from './weave/cloud-config.ts'
import { weave } from './weave/envelope.ts'
import { added, shadowed } from './weave/shadowed.ts'
import { unweave } from './weave/unweave.ts'
import type { Layout, Woven } from './weave/woven.ts'

export type { Beside } from './annotate/beside.ts'
export type { Diagnostic, DiagnosticRecord, Severity } from './diagnostics.ts'
export { toRecord } from './diagnostics.ts'
export type { Compress, Size } from './fit/fit.ts'
export { PLATFORMS, type Platform, type PlatformName } from './fit/platforms.ts'
export type { JudgeOptions } from './judge.ts'
export type { MeshPlan, Registration, ServiceDefinition } from './plan/mesh-plan.ts'
export type { GuestFile, Injection, Profile } from './render/injection.ts'
export { renderGuest } from './render/render.ts'
export type { Position, Source, Span } from './source.ts'
export { VERSION } from './version.ts'
export type { Layout } from './weave/woven.ts'

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
  multipart: ({ userData, cuts }, injection) => ({ ok: true, bytes: weave(userData, cuts, injection), keys: [] }),
  'cloud-config': ({ userData, cuts }, injection) => weaveCloudConfig(userData, cuts, injection),
}

/**
 * Annotated user-data in, user-data that boots the VM into the mesh out. Pure: the same input gives the same bytes. On any error
 * there is no output. Injecting what is already injected gives the same again.
 */
export function inject(input: Uint8Array, options: InjectOptions = {}): InjectResult {
  const judgement = judge(input, options)
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
  const all = told([...diagnostics, ...lost, ...fitted.diagnostics])
  const { size } = fitted
  if (hasErrors(all)) return { output: undefined, decision, diagnostics: all, plan, injection, size }
  return { output: fitted.output, decision, diagnostics: all, plan, injection, size }
}

/** Judges a document exactly as `inject` would, and gives no user-data. */
export function check(
  input: Uint8Array,
  options: InjectOptions = {},
): { readonly ok: boolean; readonly decision: Decision; readonly diagnostics: readonly Diagnostic[] } {
  const { output, decision, diagnostics } = inject(input, options)
  return { ok: output !== undefined, decision, diagnostics }
}

export interface UninjectResult {
  /** The operator's own bytes; undefined when there are errors. The input itself when it was not injected. */
  readonly output: Uint8Array | undefined
  readonly injected: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The exact inverse of `inject`, also for the output of earlier versions. Base64 goes on again as it was; of gzip the bytes inside
 * come back, since other zlibs pack otherwise. Refuses when somebody edited inside the injected parts; `force` takes them out all
 * the same.
 */
export function uninject(
  input: Uint8Array,
  options: { readonly name?: string; readonly force?: boolean } = {},
): UninjectResult {
  const { userData } = decode(input, options.name ?? '<stdin>')
  const unwoven = unweave(userData)
  if (unwoven === undefined) {
    const note = diagnostic('N101', 'the user-data was not injected: it is left as it is')
    return { output: input, injected: false, diagnostics: [note] }
  }
  const { diagnostics, bytes } = unwoven
  if (hasErrors(diagnostics) && options.force !== true) return { output: undefined, injected: true, diagnostics }
  const packed = userData.wrappings.some(({ kind }) => kind === 'gzip')
  return {
    output: packed ? bytes : wrap(bytes, userData.wrappings),
    injected: true,
    diagnostics: diagnostics.map(entry => ({ ...entry, severity: 'warning' })),
  }
}
