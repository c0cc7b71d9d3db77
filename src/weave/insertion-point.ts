import { lineStart } from '../decode/text-range.ts'
import {
  entryOf,
  followed,
  mergedEntries,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from '../decode/yaml-node.ts'

/** Where entries go into a cloud-config so that they come first in the list of a key. Offsets are into the text that was read. */
export type InsertionPoint =
  | {
      readonly kind: 'items'
      readonly key: string
      readonly offset: number
      readonly indent: string
      readonly flow: boolean
    }
  /** The key is not there: it comes before the first key of the mapping. */
  | { readonly kind: 'key'; readonly key: string; readonly offset: number; readonly indent: string }
  | { readonly kind: 'refused'; readonly why: string; readonly start: number; readonly end: number }

const refused = (why: string, { start, end }: { start: number; end: number }): InsertionPoint => ({
  kind: 'refused',
  why,
  start,
  end,
})

/** Names of the aliases anywhere below a node. */
function aliasesIn(node: YamlNode): readonly string[] {
  switch (node.kind) {
    case 'alias':
      return [node.name]
    case 'scalar':
      return []
    case 'sequence':
      return node.items.flatMap(aliasesIn)
    case 'mapping':
      return node.entries.flatMap(({ key, value }) => [...aliasesIn(key), ...aliasesIn(value)])
  }
}

/** The blanks before an offset on its line; undefined when something else stands there. */
function indentAt(text: string, offset: number, allowed: RegExp): string | undefined {
  const before = text.slice(lineStart(text, offset), offset)
  return allowed.test(before) ? (/^ */.exec(before)?.[0] ?? '') : undefined
}

/** A key of the mapping begins its line, perhaps in quotes or with an anchor or a tag. */
const BEFORE_KEY = /^ *(?:[&!]\S* +)*["']?$/
/** Whether cc_runcmd takes an item; of any other it raises, and then no command runs at all. */
function isCommand(item: YamlNode): boolean {
  const node = followed(item)
  return node?.kind === 'sequence' || (node?.kind === 'scalar' && ['str', 'null'].includes(node.type))
}

function inList(text: string, root: YamlMapping, { key, value }: YamlEntry, name: string): InsertionPoint {
  const at = { start: key.start, end: key.end }
  if (value.kind === 'alias') return refused(`${name} is an alias`, at)
  if (value.kind !== 'sequence') {
    const what = value.kind === 'mapping' ? 'a mapping' : value.type === 'null' ? 'empty' : 'not a list'
    return refused(`${name} is ${what}`, at)
  }
  if (value.anchor !== undefined && aliasesIn(root).includes(value.anchor)) {
    return refused(`${name} has the anchor &${value.anchor}, which is used elsewhere`, at)
  }
  const odd = name === 'runcmd' ? value.items.find(item => !isCommand(item)) : undefined
  if (odd !== undefined) {
    return refused('cloud-init will run nothing of runcmd: this is neither a string nor a list', {
      start: odd.start,
      end: Math.max(odd.end, odd.start + 1),
    })
  }
  if (text[value.start] === '[') {
    const own = indentAt(text, key.start, BEFORE_KEY)
    if (own === undefined) return refused(`${name} shares its line with another key`, at)
    return { kind: 'items', key: name, offset: value.start + 1, indent: `${own} `, flow: true }
  }
  const indent = indentAt(text, value.start, /^ *$/)
  if (indent === undefined || text[value.start] !== '-')
    return refused(`${name} does not begin on a line of its own`, at)
  return { kind: 'items', key: name, offset: lineStart(text, value.start), indent, flow: false }
}

/** The place of a key's new first items in a cloud-config whose root is a block mapping. */
export function insertionPoint(text: string, root: YamlMapping, name: string): InsertionPoint {
  const entry = entryOf(root, name)
  if (entry !== undefined) return inList(text, root, entry, name)
  // What is merged in may merge in more.
  const through = mergedEntries(root).find(
    ({ key }) => key.kind === 'scalar' && (key.text === name || key.type === 'merge'),
  )
  const merge = root.entries.find(({ key }) => key.kind === 'scalar' && key.type === 'merge')
  if (through !== undefined && merge !== undefined)
    return refused(`${name} arrives through a YAML merge key (<<)`, merge.key)
  const first = root.entries[0]?.key
  const indent = first === undefined ? undefined : indentAt(text, first.start, BEFORE_KEY)
  if (first === undefined || indent === undefined) {
    return refused('its first key does not begin a line', first ?? { start: root.start, end: root.start + 1 })
  }
  return { kind: 'key', key: name, offset: lineStart(text, first.start), indent }
}
