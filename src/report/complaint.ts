import { type Diagnostic, type DiagnosticRecord, toRecord } from './diagnostics.ts'

/** What there is to say of one document among several; without a code it is about the file, not about what stands in it. */
export interface Complaint extends Omit<Diagnostic, 'code'> {
  readonly code?: Diagnostic['code']
  /** The document, for what has no place in it. */
  readonly document?: string
}

/** A complaint as plain data. */
export type ComplaintRecord = Omit<DiagnosticRecord, 'code'> & Partial<Pick<DiagnosticRecord, 'code'>>

export function recordOf({ document, code, ...complaint }: Complaint): ComplaintRecord {
  const { severity, message, hint, span } = complaint
  const record =
    code === undefined ? { severity, message, ...(hint !== undefined && { hint }) } : toRecord({ ...complaint, code })
  return { ...record, ...(span === undefined && document !== undefined && { file: document }) }
}
