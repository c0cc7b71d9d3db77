import type { Code } from '../../report/diagnostics.ts'

/** A complaint about a value. `start` and `end` are UTF-16 offsets into the value; absent means the whole of it. */
export interface Issue {
  readonly message: string
  readonly hint?: string
  /** Which warning it is, of a value that is taken all the same. */
  readonly code?: Code
  readonly start?: number
  readonly end?: number
}

/** What a grammar makes of a value: either the meaning, or every complaint at once. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings?: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

export const meaning = <T>(value: T, warnings: readonly Issue[] = []): Parsed<T> =>
  warnings.length > 0 ? { ok: true, value, warnings } : { ok: true, value }

export const complaint = (message: string, hint?: string, start?: number, end?: number): Issue => ({
  message,
  ...(hint !== undefined && { hint }),
  ...(start !== undefined && { start }),
  ...(end !== undefined && { end }),
})

export const refuse = (...issues: readonly Issue[]): Parsed<never> => ({ ok: false, issues })
