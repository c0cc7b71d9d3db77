import type { ScalarType } from './plain-scalar.ts'

/** How a scalar is written. Its place is that of its content: without quotes, and without the header of a block. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

interface NodeBase {
  /** Offset in the text that was read. */
  readonly start: number
  readonly end: number
  readonly anchor?: string
}
export interface YamlScalar extends NodeBase {
  readonly kind: 'scalar'
  readonly text: string
  readonly type: ScalarType
  readonly style: ScalarStyle
}
export interface YamlMapping extends NodeBase {
  readonly kind: 'mapping'
  readonly flow: boolean
  readonly entries: readonly YamlEntry[]
}
export interface YamlSequence extends NodeBase {
  readonly kind: 'sequence'
  readonly items: readonly YamlNode[]
}
export interface YamlAlias extends NodeBase {
  readonly kind: 'alias'
  readonly name: string
  /** What it stands for; undefined when no anchor of that name is complete before it. */
  readonly target: YamlNode | undefined
}
export type YamlNode = YamlScalar | YamlMapping | YamlSequence | YamlAlias
export interface YamlEntry {
  readonly key: YamlNode
  readonly value: YamlNode
}

export interface YamlFailure {
  readonly ok: false
  readonly message: string
  readonly offset: number
  /** It may be YAML all the same: it is more than the tool will read. */
  readonly tooLarge?: true
}

export type YamlReading =
  | {
      readonly ok: true
      readonly root: YamlNode | undefined
      /** Documents in the stream; the root is the first one's. */
      readonly documents: number
    }
  | YamlFailure

export type YamlStream =
  | {
      readonly ok: true
      /** The root of each document, undefined for an empty one. */
      readonly roots: readonly (YamlNode | undefined)[]
    }
  | YamlFailure

/** What a node stands for: an alias is followed. */
export const followed = (node: YamlNode | undefined): Exclude<YamlNode, YamlAlias> | undefined =>
  node?.kind === 'alias' ? followed(node.target) : node

/** The entries that a mapping takes in through merge keys (`<<`), of one level. */
export const mergedEntries = ({ entries }: YamlMapping): readonly YamlEntry[] =>
  entries
    .filter(({ key }) => key.kind === 'scalar' && key.type === 'merge')
    .flatMap(({ value }) => {
      const node = followed(value)
      const sources = node?.kind === 'sequence' ? node.items.map(followed) : [node]
      return sources.flatMap(source => (source?.kind === 'mapping' ? source.entries : []))
    })

/** The entry of a mapping with this key; the last one wins, as in PyYAML. */
export function entryOf(given: YamlNode | undefined, key: string): YamlEntry | undefined {
  const node = followed(given)
  if (node?.kind !== 'mapping') return undefined
  return node.entries.findLast(entry => entry.key.kind === 'scalar' && entry.key.text === key)
}
