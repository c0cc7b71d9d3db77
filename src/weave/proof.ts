import type { YamlEntry, YamlNode, YamlReading } from '../decode/yaml-node.ts'

/** Whether two nodes are the same to PyYAML and to every alias; where they stand does not matter. */
function same(a: YamlNode, b: YamlNode): boolean {
  if (a.kind !== b.kind || a.anchor !== b.anchor) return false
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.text === b.text && a.type === b.type
  if (a.kind === 'alias' && b.kind === 'alias') return a.name === b.name
  if (a.kind === 'sequence' && b.kind === 'sequence') return sameAll(a.items, b.items)
  return a.kind === 'mapping' && b.kind === 'mapping' && sameEntries(a.entries, b.entries)
}

const sameAll = (a: readonly YamlNode[], b: readonly YamlNode[]): boolean =>
  a.length === b.length && a.every((node, index) => same(node, b[index] as YamlNode))

const sameEntries = (a: readonly YamlEntry[], b: readonly YamlEntry[]): boolean =>
  sameAll(
    a.flatMap(({ key, value }) => [key, value]),
    b.flatMap(({ key, value }) => [key, value]),
  )

const keyOf = ({ key }: YamlEntry): string => (key.kind === 'scalar' ? key.text : '')

/** The operator's share of an entry: a list without our items, which come first; nothing of a key that is ours. */
function theirs(entry: YamlEntry, ours: ReadonlyMap<string, number | 'all'>): readonly YamlEntry[] {
  const count = ours.get(keyOf(entry))
  if (count === undefined) return [entry]
  if (count === 'all' || entry.value.kind !== 'sequence') return []
  return [{ key: entry.key, value: { ...entry.value, items: entry.value.items.slice(count) } }]
}

/**
 * Whether a cloud-config says after a splice all that it said before, and nothing else but ours: how many first items of which list,
 * or all of a key. Of keys given twice the last one counts, and only that is spliced.
 */
export function preserves(before: YamlReading, after: YamlReading, ours: ReadonlyMap<string, number | 'all'>): boolean {
  if (!before.ok || !after.ok || after.documents > 1 || after.root?.kind !== 'mapping') return false
  const old = before.root?.kind === 'mapping' ? before.root.entries : []
  const last = new Set(
    [...ours.keys()].map(key => after.root?.kind === 'mapping' && after.root.entries.findLast(it => keyOf(it) === key)),
  )
  const now = after.root.entries.flatMap(entry => (last.has(entry) ? theirs(entry, ours) : [entry]))
  return sameEntries(old, now)
}
