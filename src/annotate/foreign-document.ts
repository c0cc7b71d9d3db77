import { foreignOf } from '../decode/foreign.ts'
import type { UserData } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import type { Decision } from './decision.ts'

/** Annotations that stand where this tool looks for none: the operator wanted something all the same. */
const MENTION = /consul\.hashicorp\.com\/[a-z]/

/**
 * What there is to say of a document that is not cloud-init's, or not the booting machine's. It is an error where it is annotated. To
 * an installer what is given beside the document may be meant, so that is a warning.
 */
export function foreignDocument(userData: UserData, { inject }: Decision, annotated: boolean): readonly Diagnostic[] {
  const foreign = foreignOf(userData)
  if (foreign === undefined) return []
  const { source, format } = userData
  const unread = format !== 'cloud-config'
  const wanted = annotated || MENTION.test(source.text) || (inject && unread)
  const message = unread ? `cloud-init does not read this document: it is ${foreign.what}` : foreign.what
  const end = Math.max(1, source.text.search(/\r?\n|$/))
  return [diagnostic(wanted ? 'E106' : 'W102', message, { span: spanOf(source, 0, end), hint: foreign.hint })]
}
