import { type Annotations, nameOf } from './annotate/annotation.ts'
import { readFlags, readMetadata } from './annotate/beside.ts'
import { collect } from './annotate/collect.ts'
import { type Decision, decide } from './annotate/decision.ts'
import { merge } from './annotate/merge.ts'
import { validate } from './annotate/validate.ts'
import { readValues } from './annotate/values.ts'
import { decode, decodeBare, type UserData, wrap } from './decode/user-data.ts'
import { type Diagnostic, diagnostic, hasErrors, strictly } from './diagnostics.ts'
import { type MeshPlan, UNKNOWN_HOST } from './plan/mesh-plan.ts'
import { plan } from './plan/plan.ts'
import type { Injection, Profile } from './render/injection.ts'
import { render } from './render/render.ts'
import type { Source } from './source.ts'
import { weave } from './weave/envelope.ts'
import { unweave } from './weave/unweave.ts'
import { weaveVendorData } from './weave/vendor-data.ts'

export type { Diagnostic, DiagnosticRecord, Severity } from './diagnostics.ts'
export { toRecord } from './diagnostics.ts'
export type { MeshPlan, Registration, ServiceDefinition } from './plan/mesh-plan.ts'
export type { GuestFile, Injection, Profile } from './render/injection.ts'
export { renderGuest } from './render/render.ts'
export type { Position, Source, Span } from './source.ts'
export { VERSION } from './version.ts'

/** How a document is to be judged and injected. */
export interface InjectOptions {
  /** Name of the document in diagnostics; `<stdin>` when none is given. */
  readonly name?: string
  /** Annotations given beside the document, `key=value`; they outrank everything else. */
  readonly annotations?: readonly string[]
  /** A Kubernetes ObjectMeta in YAML or JSON; its annotations outrank the document's. */
  readonly metadata?: Source
  /** A values file of the consul-k8s Helm chart: defaults. */
  readonly values?: Source
  /** Inject unless connect-inject says "false". */
  readonly defaultInject?: boolean
  readonly profile?: Profile
  readonly allowUnknown?: boolean
  /** Every warning counts as an error. */
  readonly strict?: boolean
}

export interface InjectResult {
  /** User-data bytes; undefined when there are errors. The input itself when it was not to be injected. */
  readonly output: Uint8Array | undefined
  readonly decision: Decision
  readonly diagnostics: readonly Diagnostic[]
  /** What was injected. */
  readonly plan?: MeshPlan
  readonly injection?: Injection
}

interface Judgement {
  /** The operator's document: what was injected before is out of it. */
  readonly userData: UserData
  readonly injectedBefore: boolean
  readonly cuts: readonly number[]
  readonly decision: Decision
  readonly plan: MeshPlan
  readonly diagnostics: readonly Diagnostic[]
}

/** Undoes an earlier injection, so that injecting converges; the wrappings stay. */
function original(decoded: UserData): Pick<Judgement, 'userData' | 'injectedBefore' | 'diagnostics'> {
  const unwoven = unweave(decoded)
  if (unwoven === undefined) return { userData: decoded, injectedBefore: false, diagnostics: [] }
  // What was wrapped stays wrapped; nothing more is taken off the operator's own bytes.
  const { userData, diagnostics } = decodeBare(unwoven.bytes, decoded.name, decoded.wrappings)
  return { userData, injectedBefore: true, diagnostics: [...unwoven.diagnostics, ...diagnostics] }
}

function judge(input: Uint8Array, options: InjectOptions): Judgement {
  const decoding = decode(input, options.name ?? '<stdin>')
  const { userData, injectedBefore, diagnostics: edits } = original(decoding.userData)
  const values = readValues(options.values)
  const flags = readFlags(options.annotations ?? [])
  const metadata = options.metadata === undefined ? undefined : readMetadata(options.metadata)
  const document = collect(userData)
  const layers = [flags, ...(metadata === undefined ? [] : [metadata]), document, values]
  const merged = merge(layers.flatMap(({ annotations }) => annotations))
  const valid = validate(merged.annotations, values.settings, options.allowUnknown === true)
  const decision = decide(merged.annotations, options.defaultInject === true || values.defaultInject)
  const planning = plan(valid.annotations, merged.annotations, values, UNKNOWN_HOST)
  const before = [
    ...decoding.diagnostics,
    ...edits,
    ...layers.flatMap(({ diagnostics }) => diagnostics),
    ...merged.diagnostics,
    ...valid.diagnostics,
  ]
  const after = decision.inject ? planning.diagnostics : [notInjected(decision, merged.annotations, injectedBefore)]
  const said = [...before, ...after]
  const all = options.strict === true ? strictly(said) : said
  // What was decided is told only of what is done.
  const diagnostics = hasErrors(all) ? all.filter(({ severity }) => severity !== 'note') : all
  return {
    userData,
    injectedBefore,
    cuts: document.cuts,
    decision,
    plan: planning.plan,
    diagnostics,
  }
}

function notInjected(
  { reason, hint, span, explicit }: Decision,
  annotations: Annotations,
  before: boolean,
): Diagnostic {
  const left = [...annotations.values()].filter(({ origin }) => origin === 'document').map(({ key }) => nameOf(key))
  const more = left.length > 0 && hint !== undefined ? ` (the document carries ${left.join(', ')})` : ''
  const done = before && explicit ? 'the injection is taken out' : `the user-data is left as it is${more}`
  return diagnostic('N101', `${reason}: ${done}`, { hint, span })
}

/**
 * Annotated user-data in, user-data that boots the VM into the mesh out. Pure: the same input gives the same bytes. On any error
 * there is no output. Injecting what is already injected gives the same again.
 */
export function inject(input: Uint8Array, options: InjectOptions = {}): InjectResult {
  const { userData, injectedBefore, cuts, decision, plan, diagnostics } = judge(input, options)
  if (hasErrors(diagnostics)) return { output: undefined, decision, diagnostics }
  if (!decision.inject) {
    // Switched off by the operator's own word: an earlier injection has to go.
    const output = injectedBefore && decision.explicit ? wrap(userData.bytes, userData.wrappings) : input
    return { output, decision, diagnostics }
  }
  const injection = render(plan, options.profile ?? 'full')
  const woven = weave(userData, cuts, injection)
  return { output: wrap(woven, userData.wrappings), decision, diagnostics, plan, injection }
}

/**
 * Vendor-data for user-data that stays as it is. Empty when the user-data is not to be injected; undefined when there are errors.
 */
export function vendorData(input: Uint8Array, options: InjectOptions = {}): InjectResult {
  const { decision, plan, diagnostics } = judge(input, options)
  if (hasErrors(diagnostics)) return { output: undefined, decision, diagnostics }
  if (!decision.inject) return { output: new Uint8Array(), decision, diagnostics }
  const injection = render(plan, options.profile ?? 'full')
  return { output: weaveVendorData(injection), decision, diagnostics, plan, injection }
}

/** Judges the annotations exactly as `inject` would, and writes nothing. */
export function check(
  input: Uint8Array,
  options: InjectOptions = {},
): { readonly ok: boolean; readonly decision: Decision; readonly diagnostics: readonly Diagnostic[] } {
  const { decision, diagnostics } = judge(input, options)
  return { ok: !hasErrors(diagnostics), decision, diagnostics }
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
