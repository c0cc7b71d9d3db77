import { type Item, itemwise, listItems, part, whole, within } from './list.ts'
import { port } from './number.ts'
import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** Ports `from` to `to`, both included; `text` is what redirect-traffic is given: `N` or `A:B`. */
export interface PortRange {
  readonly from: number
  readonly to: number
  readonly text: string
}

const half = (item: Item): Parsed<number> =>
  item.text === ''
    ? refuse(complaint('one end of the port range is missing', 'write both ends: "8000:8010"'))
    : port(item.text)

const range = (text: string): Parsed<PortRange> => {
  const at = text.includes(':') ? text.indexOf(':') : (/^[0-9]*(?=-)/.exec(text)?.[0].length ?? -1)
  if (at < 0) {
    const single = port(text)
    return single.ok ? meaning({ from: single.value, to: single.value, text: String(single.value) }) : single
  }
  const ends = [part(whole(text), 0, at), part(whole(text), at + 1)].map(item => ({ item, parsed: half(item) }))
  const issues = ends.flatMap(({ item, parsed }) => (parsed.ok ? [] : parsed.issues.map(issue => within(issue, item))))
  if (issues.length > 0) return { ok: false, issues }
  const [from = 0, to = 0] = ends.map(({ parsed }) => (parsed.ok ? parsed.value : 0))
  if (from > to) return refuse(complaint(`port range ${quote(text)} runs backwards`, `write "${to}:${from}"`))
  return meaning({ from, to, text: from === to ? String(from) : `${from}:${to}` })
}

/** A comma list of ports and port ranges (`22`, `8000:8010`, `8000-8010`), in order, repeats kept. */
export const portRanges: (value: string) => Parsed<readonly PortRange[]> = onOneLine(value =>
  itemwise(listItems(value), range),
)
