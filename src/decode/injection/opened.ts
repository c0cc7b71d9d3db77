import { type Diagnostic, diagnostic } from '../../report/diagnostics.ts'
import { type Source, spanOf } from '../../report/source.ts'
import type { EarlierInjection } from '../user-data.ts'

/** An injection taken out of a document. */
export interface Opened extends Omit<EarlierInjection, 'carrier'> {
  /** The operator's own bytes. */
  readonly bytes: Uint8Array
}

const HINT = 'inject the original document again, or take the parts out with `consul-vm-inject uninject --force`'

/** What somebody changed inside an injection, told at the line where it begins. */
export function edited(message: string, source: Source, start: number): Diagnostic {
  const lineEnd = source.text.indexOf('\n', start)
  const end = Math.max(start + 1, lineEnd < 0 ? source.text.length : lineEnd)
  return diagnostic('E102', message, { span: spanOf(source, start, Math.min(end, source.text.length)), hint: HINT })
}
