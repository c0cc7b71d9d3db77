import type { Complaint } from './complaint.ts'
import type { Severity } from './diagnostics.ts'

/** A complaint in the shape that one renderer keeps of it, with how grave it is. */
export interface Rendered<T> {
  readonly severity: Severity
  readonly rendered: T
}

/** How the complaints about many documents are written: what is kept of each, and then all of them as one text. */
export interface Renderer<T> {
  readonly one: (complaint: Complaint) => T
  readonly all: (list: readonly Rendered<T>[]) => string
}
