import type { UserData } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import type { Decision } from './decision.ts'

/** Annotations that stand where this tool looks for none: the operator wanted something all the same. */
const MENTION = /consul\.hashicorp\.com\/[a-z]/

/**
 * What decoding said, with an error where it warned of a document that is not cloud-init's, or not the booting machine's, and the
 * document is annotated. To an installer what is given beside the document may be meant, so that stays a warning.
 */
export function refuseForeign(
  said: readonly Diagnostic[],
  { source }: UserData,
  { inject }: Decision,
  annotated: boolean,
): readonly Diagnostic[] {
  const wanted = annotated || MENTION.test(source.text)
  return said.map(entry => {
    const { code, message } = entry
    if (code === 'W102' && (wanted || inject)) return diagnostic('E106', message, entry)
    return code === 'W108' && wanted ? diagnostic('E113', message, entry) : entry
  })
}
