import type { Complaint } from '../../report/complaint.ts'
import { type Diagnostic, inOrder, type Severity, toRecord } from '../../report/diagnostics.ts'
import { isWithin } from '../../report/file-place.ts'
import { redacted } from '../../report/redact.ts'
import type { Renderer, Told } from '../../report/renderer.ts'

/** Takes down what there is to say of many documents and keeps none of them. */
export interface Teller {
  /** What is said of a document. */
  readonly tell: (document: string, diagnostics: readonly Diagnostic[]) => void
  /** What is said of a file that cannot be read or written; always an error. */
  readonly fault: (file: string, message: string, hint?: string) => void
  /** All of it: errors first, within a severity document by document; with or without the notes. */
  readonly text: (notes: boolean) => string
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/** Whether a diagnostic stands in something that is given beside all documents: a flag, a values file. */
const isBeside = ({ span }: Diagnostic, document: string): boolean =>
  span !== undefined && !isWithin(span.source.name, document)

export function teller<T>({ one, all }: Renderer<T>, quiet: boolean): Teller {
  const taken: Told<T>[] = []
  const besides = new Set<string>()
  const take = (complaint: Complaint): void => {
    const { severity } = complaint
    if (quiet && severity !== 'error') return
    // A copy: what is cut out of a document keeps all of it in memory.
    taken.push({ severity, told: structuredClone(one(complaint)) })
  }
  return {
    tell(document, diagnostics) {
      for (const diagnostic of redacted(inOrder(diagnostics))) {
        if (isBeside(diagnostic, document)) {
          // The same of every document: told once.
          const key = JSON.stringify(toRecord(diagnostic))
          if (besides.has(key)) continue
          besides.add(key)
        }
        take({ ...diagnostic, document })
      }
    },
    fault: (file, message, hint) =>
      take({ severity: 'error', message, ...(hint !== undefined && { hint }), document: file }),
    text: notes =>
      all(
        SEVERITIES.filter(severity => notes || severity !== 'note').flatMap(severity =>
          taken.filter(entry => entry.severity === severity),
        ),
      ),
  }
}
