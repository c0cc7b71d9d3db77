import { type AnnotationLayer, type Annotations, DECISION, nameOf, STATUS } from '../annotate/annotation.ts'
import { readFlags, readMetadata } from '../annotate/beside.ts'
import { collect } from '../annotate/collect.ts'
import { type Decision, decide } from '../annotate/decision.ts'
import { refuseForeign } from '../annotate/foreign-document.ts'
import { merge } from '../annotate/merge.ts'
import { validate } from '../annotate/validate.ts'
import { readValues, type Values } from '../annotate/values.ts'
import { type VendorKey, vendorSwitch } from '../annotate/vendor-switch.ts'
import { decode } from '../decode/decode.ts'
import type { UserData } from '../decode/user-data.ts'
import type { PlatformName } from '../fit/platforms.ts'
import type { MeshPlan } from '../plan/mesh-plan.ts'
import { plan } from '../plan/plan.ts'
import { type Diagnostic, diagnostic, warningsAsErrors, withoutMootNotes } from '../report/diagnostics.ts'
import { firstOf } from '../report/first-of.ts'
import type { Source } from '../report/source.ts'
import { demandBytes } from './demand-bytes.ts'

/** What decides which annotations a document has, and what they are worth. */
export interface JudgeOptions {
  /** Name of the document in diagnostics; `<stdin>` when none is given. */
  readonly name?: string
  /** Annotations given beside the document, `key=value`; they outrank everything else. */
  readonly annotations?: readonly string[]
  /** A Kubernetes ObjectMeta in YAML or JSON, or what was read of one; its annotations outrank the document's. */
  readonly metadata?: Source | AnnotationLayer
  /** A values file of the consul-k8s Helm chart: defaults. */
  readonly values?: Source
  /** Inject unless connect-inject says "false". */
  readonly defaultInject?: boolean
  readonly allowUnknown?: boolean
  /** Every warning counts as an error. */
  readonly strict?: boolean
  /** Where the user-data goes: addresses of the platform are left alone, and what it does not take is refused. */
  readonly platform?: PlatformName
}

/** A document with what its annotations come to. */
export interface Judgement {
  /** The document as it was given. */
  readonly input: Uint8Array
  /** Annotations that count, and all that were given. */
  readonly annotations: Annotations
  readonly given: Annotations
  readonly values: Values
  readonly platform: PlatformName | undefined
  /** The operator's document: what was injected before is out of it. */
  readonly userData: UserData
  readonly injectedBefore: boolean
  readonly cuts: readonly number[]
  readonly decision: Decision
  readonly plan: MeshPlan
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Bytes in, judgement out: what the operator asks for, and everything that is wrong with it, at once. With a vendor key the injection
 * is to be vendor-data beside user-data that stays untouched, and the key is the one by which user-data would switch that off.
 */
export function judge(input: Uint8Array, options: JudgeOptions, vendorKey?: VendorKey): Judgement {
  demandBytes(input, 'the user-data')
  const decoding = decode(input, options.name ?? '<stdin>')
  const { userData } = decoding
  const injectedBefore = userData.earlier !== undefined
  const values = readValues(options.values)
  const flags = readFlags(options.annotations ?? [])
  const { metadata: given } = options
  const metadata = given !== undefined && 'text' in given ? readMetadata(given) : given
  const untouched = vendorKey !== undefined && !injectedBefore
  const document = collect(userData, untouched ? 'keep' : 'cut')
  const layers = [flags, ...(metadata === undefined ? [] : [metadata]), document, values]
  const merged = merge(layers.flatMap(({ annotations }) => annotations))
  const valid = validate(merged.annotations, values.settings, options.allowUnknown === true)
  const decision = decide(merged.annotations, options.defaultInject === true || values.defaultInject)
  const planning = plan(valid.annotations, merged.annotations, values, options.platform)
  const before = [
    ...refuseForeign(decoding.diagnostics, userData, decision, document.annotations.length > 0),
    ...(userData.earlier?.edits ?? []),
    ...layers.flatMap(({ diagnostics }) => diagnostics),
    ...merged.diagnostics,
    ...(decision.optedOut
      ? saidOfOptedOut(decision, merged.annotations, values, valid.diagnostics)
      : valid.diagnostics),
  ]
  const joining = [...planning.diagnostics, ...(untouched ? vendorSwitch(userData, vendorKey) : [])]
  const unchanged = vendorKey === undefined ? 'the user-data is left as it is' : 'the vendor-data is empty'
  const after = decision.inject ? joining : [notInjected(decision, merged.annotations, injectedBefore, unchanged)]
  const all = withoutMissing([...before, ...after])
  const diagnostics = firstOf(withoutMootNotes(options.strict === true ? warningsAsErrors(all) : all))
  return {
    input,
    annotations: valid.annotations,
    given: merged.annotations,
    values,
    platform: options.platform,
    userData,
    injectedBefore,
    cuts: document.cuts,
    decision,
    plan: planning.plan,
    diagnostics,
  }
}

/** What is said of annotations that do not count: what is wrong with the one that decided, and which must not travel anyhow. */
function saidOfOptedOut(
  { explicit }: Decision,
  given: Annotations,
  { settings }: Values,
  all: readonly Diagnostic[],
): readonly Diagnostic[] {
  const decided = [...given].filter(([key]) => key === (explicit ? DECISION : STATUS))
  return [...validate(new Map(decided), settings, false).diagnostics, ...all.filter(({ code }) => code === 'E205')]
}

/** What is there, and refused by itself, is not missing as well; nor is anything of a document that is refused whole. */
function withoutMissing(all: readonly Diagnostic[]): readonly Diagnostic[] {
  const said = all.some(
    ({ code, severity, message, hint }) =>
      ['E106', 'E113'].includes(code) ||
      (severity === 'error' && /\bconnect-service\b(?!-)/.test(`${message} ${hint ?? ''}`) && code !== 'E303'),
  )
  return said ? all.filter(({ code }) => code !== 'E303') : all
}

function notInjected(
  { reason, hint, span, explicit }: Decision,
  annotations: Annotations,
  before: boolean,
  unchanged: string,
): Diagnostic {
  const left = [...annotations.values()].filter(({ origin }) => origin === 'document').map(({ key }) => nameOf(key))
  const more = left.length > 0 && hint !== undefined ? ` (the document carries ${left.join(', ')})` : ''
  if (before && explicit) return diagnostic('N107', `${reason}: the injection is taken out`, { hint, span })
  return diagnostic('N101', `${reason}: ${unchanged}${more}`, { hint, span })
}
