import { EVENT_DOCUMENT, parseEvents, YAMLException } from 'js-yaml'
import type { ScalarType } from './plain-scalar.ts'
import { ShallowLines, TOO_SHALLOW } from './shallow-lines.ts'
import { Builder } from './yaml-builder.ts'

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
      readonly root: YamlNode | undefined /** Documents in the stream; the root is the first one's. */
      readonly documents: number
    }
  | YamlFailure

export type YamlStream =
  | {
      readonly ok: true /** The root of each document, undefined for an empty one. */
      readonly roots: readonly (YamlNode | undefined)[]
    }
  | YamlFailure

export type Event = ReturnType<typeof parseEvents>[number]

/** What a reader of YAML refuses beyond what is no YAML at all. */
export type Refuse = (
  text: string,
  events: readonly Event[],
  root: YamlNode | undefined,
) => { readonly message: string; readonly offset: number } | undefined

const countOf = (events: readonly Event[]): number => events.filter(({ type }) => type === EVENT_DOCUMENT).length

/** Nodes of a text, and what opens and closes collections: of as many, memory is full before anything is looked at. */
const EVENT_LIMIT = 500_000
const TOO_LARGE: YamlFailure = {
  ok: false,
  message: `it has more than ${EVENT_LIMIT} YAML nodes`,
  offset: 0,
  tooLarge: true,
}

type Build<T> = (events: readonly Event[], builder: Builder, text: string) => T

/** What `build` makes of a text's events, or why js-yaml does not read it. */
function tryToRead<T>(text: string, build: Build<T>): T | YamlFailure {
  try {
    const events = parseEvents(text, {})
    if (events.length > EVENT_LIMIT) return TOO_LARGE
    return build(events, new Builder(text, events), text)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { reason, mark } = error as YAMLException & { reason?: string; mark?: { position?: number } }
    return { ok: false, message: reason ?? error.message, offset: mark?.position ?? 0 }
  }
}

/** The same for all that PyYAML takes: what stands too far left for js-yaml is moved. Places are those in the text as it is. */
function read<T extends { readonly ok: true }>(
  text: string,
  build: Build<T | YamlFailure>,
  located: (found: T, lines: ShallowLines) => T,
): T | YamlFailure {
  const lines = new ShallowLines(text)
  let found = tryToRead(text, build)
  while (!found.ok && found.message === TOO_SHALLOW && lines.move(found.offset)) found = tryToRead(lines.text, build)
  return found.ok ? located(found, lines) : { ...found, offset: lines.original(found.offset) }
}

/** Reads one YAML document only to look at it; nothing is ever written from the result. */
export const readYaml = (text: string, refuse?: Refuse): YamlReading =>
  read<YamlReading & { readonly ok: true }>(
    text,
    (events, builder, moved) => {
      const root = builder.root()
      const refusal = refuse?.(moved, events, root)
      return refusal === undefined ? { ok: true, root, documents: countOf(events) } : { ok: false, ...refusal }
    },
    (found, lines) => ({ ...found, root: lines.located(found.root) }),
  )

/** Reads every document of a stream, to look at them. */
export const readYamlStream = (text: string): YamlStream =>
  read<YamlStream & { readonly ok: true }>(
    text,
    (events, builder) => ({ ok: true, roots: Array.from({ length: countOf(events) }, () => builder.root()) }),
    ({ ok, roots }, lines) => ({ ok, roots: roots.map(root => lines.located(root)) }),
  )

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
