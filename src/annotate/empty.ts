import type { Annotation } from './annotation.ts'
import { trim } from './grammar/list.ts'
import { rowOf } from './table.ts'

/** An empty value of these still says something: it clears the default. */
const EMPTY_COUNTS: ReadonlySet<string> = new Set(['shell-words'])

/** Whether an annotation is empty. What is refused anyway, or has no meaning on a VM, is complained of as that. */
export function saysNothing({ key, value }: Annotation): boolean {
  if (trim(value) !== '') return false
  const row = rowOf(key)
  if (row === undefined || row.prefix || row.verdict === 'reject' || row.verdict === 'warn') return false
  return !EMPTY_COUNTS.has(row.syntax)
}
