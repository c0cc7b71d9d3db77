import type { Complaint } from './complaint.ts'
import { type Diagnostic, inOrder, type Severity, toRecord } from './diagnostics.ts'
import { isWithin } from './file-place.ts'
import { redacted } from './redact.ts'
import type { Rendered, Renderer } from './renderer.ts'

/** Collects what there is to say of many documents and keeps none of them. */
export interface Reporter {
  /** What is said of a document. */
  readonly add: (document: string, diagnostics: readonly Diagnostic[]) => void
  /** What is said of a file that cannot be read or written; always an error. */
  readonly addFault: (file: string, message: string, hint?: string) => void
  /** All of it: errors first, within a severity document by document; with or without the notes. */
  readonly text: (notes: boolean) => string
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/** Whether a diagnostic stands in something that is given beside all documents: a flag, a values file. */
const isBeside = ({ span }: Diagnostic, document: string): boolean =>
  span !== undefined && !isWithin(span.source.name, document)

export function reporter<T>({ one, all }: Renderer<T>, quiet: boolean): Reporter {
  const entries: Rendered<T>[] = []
  const shared = new Set<string>()
  const take = (complaint: Complaint): void => {
    const { severity } = complaint
    if (quiet && severity !== 'error') return
    // A copy: what is cut out of a document keeps all of it in memory.
    entries.push({ severity, rendered: structuredClone(one(complaint)) })
  }
  return {
    add(document, diagnostics) {
      for (const diagnostic of redacted(inOrder(diagnostics))) {
        if (isBeside(diagnostic, document)) {
          // The same of every document: said once.
          const key = JSON.stringify(toRecord(diagnostic))
          if (shared.has(key)) continue
          shared.add(key)
        }
        take({ ...diagnostic, document })
      }
    },
    addFault: (file, message, hint) =>
      take({ severity: 'error', message, ...(hint !== undefined && { hint }), document: file }),
    text: notes =>
      all(
        SEVERITIES.filter(severity => notes || severity !== 'note').flatMap(severity =>
          entries.filter(entry => entry.severity === severity),
        ),
      ),
  }
}
