import type { Decision } from '../annotate/decision.ts'
import type { Preview } from '../preview/model.ts'
import { maskedSources, type NamedBytes, previewOf } from '../preview/preview.ts'
import { type Diagnostic, hasErrors } from '../report/diagnostics.ts'
import { demandBytes } from './demand-bytes.ts'
import { type InjectOptions, inject } from './inject.ts'
import { judge } from './judge.ts'

export interface PreviewOptions extends InjectOptions {
  /** An earlier output of the tool, to compare with; else the input is. */
  readonly against?: NamedBytes
}

export interface PreviewResult {
  /** Undefined when there are errors. */
  readonly preview: Preview | undefined
  readonly decision: Decision
  /** Their sources show no secret of the operator's. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What `inject` would change, without doing it. Secrets that stand in the operator's document are masked. Pure. */
export function preview(input: Uint8Array, options: PreviewOptions = {}): PreviewResult {
  if (options.against !== undefined) demandBytes(options.against.bytes, 'against.bytes')
  const judgement = judge(input, options)
  const { output, decision, plan, injection, size, diagnostics } = inject(judgement, options)
  if (output === undefined) return { preview: undefined, decision, diagnostics: maskedSources(diagnostics) }
  const injected = {
    ...judgement,
    input: { name: judgement.userData.name, bytes: input },
    output,
    plan,
    profile: injection?.profile,
    fetches: injection?.fetches,
    fitted: size,
  }
  const { preview, diagnostics: more } = previewOf(injected, options.against)
  const all = hasErrors(more) ? more : [...diagnostics, ...more]
  return { preview, decision, diagnostics: maskedSources(all) }
}
