import type { Decision } from '../annotate/decision.ts'
import { decode } from '../decode/decode.ts'
import type { Preview } from '../preview/model.ts'
import { maskedSources, type NamedBytes, previewOf } from '../preview/preview.ts'
import { type Diagnostic, diagnostic, hasErrors } from '../report/diagnostics.ts'
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

/** MiB of text that are shown at most, twice what any platform limits user-data to: all of it is searched for secrets. */
const MOST = 1

/** The complaint about user-data of which too much would have to be shown; by its text, since a little gzip holds much. */
function tooLarge({ name, bytes }: NamedBytes): readonly Diagnostic[] {
  if (decode(bytes, name).userData.source.text.length <= MOST * 1024 * 1024) return []
  const hint = 'no platform with a limit takes so much; `check` and `inject` read it'
  return [diagnostic('E107', `${name} is larger than the ${MOST} MiB that preview shows`, { hint })]
}

/** What `inject` would change, without doing it. Secrets that stand in the operator's document are masked. Pure. */
export function preview(input: Uint8Array, options: PreviewOptions = {}): PreviewResult {
  const named = { name: options.name ?? '<stdin>', bytes: input }
  const judgement = judge(input, options)
  const { output, decision, plan, injection, size, diagnostics } = inject(judgement, options)
  if (output === undefined) return { preview: undefined, decision, diagnostics: maskedSources(diagnostics) }
  const large = [named, ...(options.against === undefined ? [] : [options.against])].flatMap(tooLarge)
  if (large.length > 0) return { preview: undefined, decision, diagnostics: large }
  const injected = {
    ...judgement,
    input: named,
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
