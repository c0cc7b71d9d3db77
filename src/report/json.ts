import { type ComplaintRecord, recordOf } from './complaint.ts'
import { type Diagnostic, inOrder, toRecord } from './diagnostics.ts'
import type { Renderer } from './renderer.ts'
import { visibleJson } from './visible.ts'

/** Data as JSON that can be shown on a terminal. */
export const jsonText = (data: unknown): string => `${visibleJson(JSON.stringify(data, undefined, 2))}\n`

/** Diagnostics as one JSON array, a record each. */
export const asJson = (diagnostics: readonly Diagnostic[]): string => jsonText(inOrder(diagnostics).map(toRecord))

/** Complaints about many documents as one JSON array. */
export const jsonRenderer: Renderer<ComplaintRecord> = {
  one: recordOf,
  all: list => jsonText(list.map(({ rendered }) => rendered)),
}
