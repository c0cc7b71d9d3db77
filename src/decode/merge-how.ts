import { entryOf, followed, type YamlEntry, type YamlNode } from './yaml-node.ts'

/** One merger as cloud-init reads it of a string, once lower-cased: `dict(replace)`. */
const MERGER = /^(?:m_)?(dict|list|str)\(.*?\)$/
const NAMES = /^(?:m_)?(?:dict|list|str)$/

const textOf = (node: YamlNode | undefined): string | undefined => {
  const scalar = followed(node)
  return scalar?.kind === 'scalar' && scalar.type === 'str' ? scalar.text : undefined
}

/** The names of the mergers; undefined for one that cloud-init does not take. */
function mergersOf(given: YamlNode): readonly (string | undefined)[] {
  const node = followed(given)
  if (node?.kind === 'scalar' && node.type === 'str') {
    const words = node.text.split('+').map(word => word.toLowerCase().trim().replaceAll('-', '_'))
    return words.filter(word => word !== '').map(word => MERGER.exec(word)?.[1])
  }
  if (node?.kind !== 'sequence') return [undefined]
  return node.items.map(item => {
    const merger = followed(item)
    const isMapping = merger?.kind === 'mapping'
    if (isMapping && followed(entryOf(merger, 'settings')?.value)?.kind !== 'sequence') return undefined
    const name = textOf(
      isMapping ? entryOf(merger, 'name')?.value : merger?.kind === 'sequence' ? merger.items[0] : merger,
    )
    const bare = name?.trim().replaceAll('-', '_') ?? ''
    return NAMES.test(bare) ? bare.replace('m_', '') : undefined
  })
}

/**
 * The entry that says how a cloud-config is merged, when cloud-init drops the whole document for it: a merger that does not exist, or
 * none for mappings.
 */
export function brokenMergeHow(root: YamlNode | undefined): YamlEntry | undefined {
  const isGiven = (entry: YamlEntry | undefined): entry is YamlEntry => {
    const node = followed(entry?.value)
    return entry !== undefined && !(node?.kind === 'scalar' && node.type === 'null')
  }
  const entry = [entryOf(root, 'merge_how'), entryOf(root, 'merge_type')].find(isGiven)
  if (entry === undefined) return undefined
  const mergers = mergersOf(entry.value)
  // None at all counts as none given.
  return mergers.length === 0 || (mergers.includes('dict') && !mergers.includes(undefined)) ? undefined : entry
}
