import { type Issue, meaning, type Parsed } from './parsed.ts'

/** A piece of a value and where it stands: `value.slice(start, end) === text`. */
export interface Item {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** What Go's strings.TrimSpace takes for a space, as consul-k8s trims with it. */
const SPACES =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'

/** The item without the spaces around it; an item of spaces only becomes empty, at its old start. */
export const trimmed = ({ text, start, end }: Item): Item => {
  let from = 0
  let to = text.length
  while (from < to && SPACES.includes(text.charAt(from))) from += 1
  while (to > from && SPACES.includes(text.charAt(to - 1))) to -= 1
  if (from === to) return { text: '', start, end: start }
  return { text: text.slice(from, to), start: start + from, end: end - text.length + to }
}

/** The whole of a value as an item. */
export const whole = (value: string): Item => ({ text: value, start: 0, end: value.length })

/** The text without the spaces around it. */
export const trim = (text: string): string => trimmed(whole(text)).text

/** The part of an item from offset `from` up to `to` (both relative to the item), spaces and all. */
export const part = (item: Item, from: number, to: number = item.text.length): Item => ({
  text: item.text.slice(from, to),
  start: item.start + from,
  end: item.start + to,
})

/** The item cut at each `separator`, at most into `limit` pieces (the last keeps the rest), each piece trimmed. */
export const cut = (item: Item, separator: string, limit: number = Number.POSITIVE_INFINITY): readonly Item[] => {
  const pieces: Item[] = []
  let from = 0
  for (;;) {
    const at = pieces.length + 1 < limit ? item.text.indexOf(separator, from) : -1
    if (at < 0) return [...pieces, trimmed(part(item, from))]
    pieces.push(trimmed(part(item, from, at)))
    from = at + separator.length
  }
}

/** The items of a comma list: trimmed, empty ones dropped (consul-k8s does neither, and iptables then fails). */
export const listItems = (value: string): readonly Item[] => cut(whole(value), ',').filter(({ text }) => text !== '')

/** An issue about an item as an issue about the value that holds the item. */
export const within = (issue: Issue, item: Item): Issue => ({
  ...issue,
  start: item.start + (issue.start ?? 0),
  end: issue.end === undefined ? item.end : item.start + issue.end,
})

/** Reads each item with `grammar`: every meaning in order, or every complaint, with offsets into the whole value. */
export const itemwise = <T>(items: readonly Item[], grammar: (text: string) => Parsed<T>): Parsed<readonly T[]> => {
  const values: T[] = []
  const issues: Issue[] = []
  const warnings: Issue[] = []
  for (const item of items) {
    const parsed = grammar(item.text)
    if (parsed.ok) values.push(parsed.value)
    const found = parsed.ok ? (parsed.warnings ?? []) : parsed.issues
    for (const issue of found) (parsed.ok ? warnings : issues).push(within(issue, item))
  }
  return issues.length > 0 ? { ok: false, issues } : meaning(values, warnings)
}
