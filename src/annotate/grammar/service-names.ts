import { type Item, listItems, within } from './list.ts'
import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

const LONGEST = 63

/** What stops a name: it becomes a systemd instance, a file name, a proxy id and a DNS label. */
const faults = ({ text }: Item): readonly Issue[] => {
  const issues: Issue[] = []
  const at = text.search(/[^A-Za-z0-9_.-]/)
  if (at >= 0) {
    const character = quote(String.fromCodePoint(text.codePointAt(at) ?? 0))
    const hint = 'a service name is lower-case letters, digits and hyphens'
    issues.push(complaint(`service name ${quote(text)} holds ${character}, which a unit name cannot`, hint, at, at + 1))
  } else if (!/^[A-Za-z0-9]/.test(text) || !/[A-Za-z0-9]$/.test(text)) {
    issues.push(complaint(`service name ${quote(text)} does not begin and end with a letter or a digit`))
  }
  if (text.length > LONGEST) {
    issues.push(
      complaint(
        `service name ${quote(text)} is ${text.length} characters long, more than ${LONGEST}`,
        undefined,
        LONGEST,
      ),
    )
  }
  return issues
}

/** What a name gets away with. */
const doubts = ({ text }: Item): readonly Issue[] => {
  const issues: Issue[] = []
  if (/[A-Z]/.test(text)) {
    const old = 'Consul before 1.11.9, 1.12.5 and 1.13.2 does not find its sidecar'
    issues.push(
      complaint(`service name ${quote(text)} has upper-case letters: ${old}`, `write "${text.toLowerCase()}"`),
    )
  }
  if (/[_.]/.test(text)) {
    issues.push(
      complaint(
        `service name ${quote(text)} is not a DNS label: it cannot be reached by a name such as ${text}.virtual.consul`,
        `write "${text.replace(/[_.]+/g, '-').toLowerCase()}"`,
      ),
    )
  }
  return issues
}

const repeats = (items: readonly Item[]): readonly Issue[] =>
  items
    .filter(({ text }, index) => items.findIndex(other => other.text === text) < index)
    .map(({ text, start, end }) => complaint(`service name ${quote(text)} stands here twice`, undefined, start, end))

/**
 * One service name, or several in a comma list; at least one. Stricter than Consul, which only warns: at most 63 of
 * `[A-Za-z0-9_.-]`. Names that are no lower-case DNS label give a warning.
 */
export const serviceNames: (value: string) => Parsed<readonly string[]> = onOneLine(value => {
  const items = listItems(value)
  if (items.length === 0) return refuse(complaint('the value names no service', 'write the name of the service'))
  const located = (find: (item: Item) => readonly Issue[]): readonly Issue[] =>
    items.flatMap(item => find(item).map(issue => within(issue, item)))
  const issues = [...located(faults), ...repeats(items)]
  return issues.length > 0
    ? { ok: false, issues }
    : meaning(
        items.map(({ text }) => text),
        located(doubts),
      )
})
