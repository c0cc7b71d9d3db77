import { type Annotations, nameOf } from '../annotate/annotation.ts'
import { type Beside, readFlags, readMetadata } from '../annotate/beside.ts'
import { collect } from '../annotate/collect.ts'
import { type Decision, decide } from '../annotate/decision.ts'
import { merge } from '../annotate/merge.ts'
import { validate } from '../annotate/validate.ts'
import { readValues, type Values } from '../annotate/values.ts'
import { type VendorKey, vendorSwitch } from '../annotate/vendor-switch.ts'
import { decode } from '../decode/decode.ts'
import type { UserData } from '../decode/user-data.ts'
import { type MeshPlan, UNKNOWN_HOST } from '../plan/mesh-plan.ts'
import { plan } from '../plan/plan.ts'
import { type Diagnostic, diagnostic, hasErrors, strictly } from '../report/diagnostics.ts'
import type { Source } from '../report/source.ts'

/** What decides which annotations a document has, and what they are worth. */
export interface JudgeOptions {
  /** Name of the document in diagnostics; `<stdin>` when none is given. */
  readonly name?: string
  /** Annotations given beside the document, `key=value`; they outrank everything else. */
  readonly annotations?: readonly string[]
  /** A Kubernetes ObjectMeta in YAML or JSON, or what was read of one; its annotations outrank the document's. */
  readonly metadata?: Source | Beside
  /** A values file of the consul-k8s Helm chart: defaults. */
  readonly values?: Source
  /** Inject unless connect-inject says "false". */
  readonly defaultInject?: boolean
  readonly allowUnknown?: boolean
  /** Every warning counts as an error. */
  readonly strict?: boolean
}

/** What is made of an injection: the user-data itself, or vendor-data beside user-data that stays untouched. */
type Product = 'user-data' | 'vendor-data'

/** A document with what its annotations come to. */
export interface Judgement {
  /** Annotations that count, and all that were given. */
  readonly annotations: Annotations
  readonly given: Annotations
  readonly values: Values
  /** The operator's document: what was injected before is out of it. */
  readonly userData: UserData
  readonly injectedBefore: boolean
  readonly cuts: readonly number[]
  readonly decision: Decision
  readonly plan: MeshPlan
  readonly diagnostics: readonly Diagnostic[]
}

/** Bytes in, judgement out: what the operator asks for, and everything that is wrong with it, at once. */
export function judge(
  input: Uint8Array,
  options: JudgeOptions,
  product: Product = 'user-data',
  vendorKey?: VendorKey,
): Judgement {
  const decoding = decode(input, options.name ?? '<stdin>')
  const { userData } = decoding
  const injectedBefore = userData.earlier !== undefined
  const values = readValues(options.values)
  const flags = readFlags(options.annotations ?? [])
  const { metadata: given } = options
  const metadata = given !== undefined && 'text' in given ? readMetadata(given) : given
  const beside = product === 'vendor-data' && !injectedBefore
  const document = collect(userData, beside ? 'read' : 'cut')
  const layers = [flags, ...(metadata === undefined ? [] : [metadata]), document, values]
  const merged = merge(layers.flatMap(({ annotations }) => annotations))
  const valid = validate(merged.annotations, values.settings, options.allowUnknown === true)
  const decision = decide(merged.annotations, options.defaultInject === true || values.defaultInject)
  const planning = plan(valid.annotations, merged.annotations, values, UNKNOWN_HOST)
  const before = [
    ...decoding.diagnostics,
    ...(userData.earlier?.edits ?? []),
    ...layers.flatMap(({ diagnostics }) => diagnostics),
    ...merged.diagnostics,
    ...valid.diagnostics,
  ]
  const joining = [...planning.diagnostics, ...(beside ? vendorSwitch(userData, vendorKey) : [])]
  const after = decision.inject ? joining : [notInjected(decision, merged.annotations, injectedBefore, product)]
  const said = [...before, ...after]
  const diagnostics = told(options.strict === true ? strictly(said) : said)
  return {
    annotations: valid.annotations,
    given: merged.annotations,
    values,
    userData,
    injectedBefore,
    cuts: document.cuts,
    decision,
    plan: planning.plan,
    diagnostics,
  }
}

/** What was decided is told only of what is done: beside errors there are no notes. */
export const told = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity !== 'note') : diagnostics

function notInjected(
  { reason, hint, span, explicit }: Decision,
  annotations: Annotations,
  before: boolean,
  product: Product,
): Diagnostic {
  const left = [...annotations.values()].filter(({ origin }) => origin === 'document').map(({ key }) => nameOf(key))
  const more = left.length > 0 && hint !== undefined ? ` (the document carries ${left.join(', ')})` : ''
  const same = product === 'vendor-data' ? 'the vendor-data is empty' : 'the user-data is left as it is'
  const done = before && explicit ? 'the injection is taken out' : `${same}${more}`
  return diagnostic('N101', `${reason}: ${done}`, { hint, span })
}
