import test, { type ExecutionContext } from 'ava'
import type { Issue, Parsed } from '../../../src/annotate/grammar/parsed.ts'

/** What a complaint must be: part of its message, part of its hint (or none expected), the text it points at. */
export type Complaint = readonly [value: string, message: string, hint?: string | undefined, place?: string | undefined]

export interface Rows<T> {
  /** Taken without a warning. */
  readonly means?: readonly (readonly [value: string, meaning: T])[]
  readonly warns?: readonly Complaint[]
  readonly refuses?: readonly Complaint[]
}

/** The text an issue points at; the whole value when it points at nothing in particular. */
export const pointedAt = (value: string, { start = 0, end = value.length }: Issue): string => value.slice(start, end)

/** What holds of every issue of every grammar. */
export const soundIssue = (t: ExecutionContext, value: string, issue: Issue): void => {
  const { message, hint = '', start = 0, end = value.length } = issue
  t.true(0 <= start && start <= end && end <= value.length, `${start}-${end} is not within ${value.length}: ${message}`)
  t.notRegex(message + hint, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u)
  t.not(message, '')
}

const matches = (value: string, issue: Issue, [, message, hint, place]: Complaint): boolean =>
  issue.message.includes(message) &&
  (hint === undefined || (issue.hint ?? '').includes(hint)) &&
  (place === undefined || pointedAt(value, issue) === place)

const complains = (t: ExecutionContext, issues: readonly Issue[], row: Complaint): void => {
  for (const issue of issues) soundIssue(t, row[0], issue)
  t.true(
    issues.some(issue => matches(row[0], issue, row)),
    `none of ${JSON.stringify(issues.map(issue => [issue.message, issue.hint, pointedAt(row[0], issue)]))}`,
  )
}

/** Registers a test for each row: a value and what it means, what it is warned of, or why it is refused. */
export function table<T>(name: string, grammar: (value: string) => Parsed<T>, rows: Rows<T>): void {
  for (const [value, meaning] of rows.means ?? []) {
    test(`${name} takes ${JSON.stringify(value)}`, t => {
      t.deepEqual(grammar(value), { ok: true, value: meaning })
    })
  }
  for (const row of rows.warns ?? []) {
    test(`${name} takes ${JSON.stringify(row[0])} with a warning: ${row[1]}`, t => {
      const parsed = grammar(row[0])
      t.true(parsed.ok)
      complains(t, parsed.ok ? (parsed.warnings ?? []) : [], row)
    })
  }
  for (const row of rows.refuses ?? []) {
    test(`${name} refuses ${JSON.stringify(row[0])}: ${row[1]}`, t => {
      const parsed = grammar(row[0])
      t.false(parsed.ok)
      complains(t, parsed.ok ? [] : parsed.issues, row)
    })
  }
}

/** The meaning of a value that must have one. */
export const meaningOf = <T>(parsed: Parsed<T>): T => {
  if (parsed.ok) return parsed.value
  throw new Error(parsed.issues.map(({ message }) => message).join('; '))
}
