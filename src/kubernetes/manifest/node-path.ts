import type { YamlEntry, YamlMapping, YamlNode } from '../../decode/yaml-node.ts'
import type { Path } from '../objects/path.ts'

/** An entry of a mapping, with the mapping it stands in. */
export interface Spot {
  readonly parent: YamlMapping
  readonly entry: YamlEntry
}

const keyText = ({ key }: YamlEntry): string | undefined => (key.kind === 'scalar' ? key.text : undefined)

/** The entry of a mapping with this key, as it stands there; the last one counts. */
export const entryIn = (node: YamlNode | undefined, key: string): YamlEntry | undefined =>
  node?.kind === 'mapping' ? node.entries.findLast(entry => keyText(entry) === key) : undefined

function childAt(node: YamlNode | undefined, key: Path[number]): YamlNode | undefined {
  if (typeof key === 'string') return entryIn(node, key)?.value
  return node?.kind === 'sequence' ? node.items[key] : undefined
}

/** The node at a path; undefined where there is none, or where only an alias leads to it. */
export const nodeAt = (root: YamlNode | undefined, path: Path): YamlNode | undefined => path.reduce(childAt, root)

/** The entry at a path that ends at a key. */
export function spotAt(root: YamlNode | undefined, path: Path): Spot | undefined {
  const parent = nodeAt(root, path.slice(0, -1))
  const entry = entryIn(parent, String(path.at(-1)))
  return parent?.kind === 'mapping' && entry !== undefined ? { parent, entry } : undefined
}

/** Whether a node or one below it takes entries in through a merge key (`<<`). */
export function merges(node: YamlNode): boolean {
  if (node.kind === 'sequence') return node.items.some(merges)
  if (node.kind !== 'mapping') return false
  return node.entries.some(({ key, value }) => (key.kind === 'scalar' && key.type === 'merge') || merges(value))
}
