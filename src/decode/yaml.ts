import {
  COLLECTION_STYLE_FLOW,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_FOLDED_BLOCK,
  SCALAR_STYLE_LITERAL_BLOCK,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
  YAMLException,
} from 'js-yaml'
import { type ScalarType, typeOfPlain } from './plain-scalar.ts'

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
  /** Set when PyYAML takes the text all the same. */
  readonly taken?: true
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

const STYLES: Readonly<Record<number, ScalarStyle>> = {
  [SCALAR_STYLE_PLAIN]: 'plain',
  [SCALAR_STYLE_SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE_DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE_LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE_FOLDED_BLOCK]: 'folded',
}

export type Event = ReturnType<typeof parseEvents>[number]

/** Nodes that a document may have once its aliases are followed: one that grows beyond is refused before it fills the memory. */
const NODE_LIMIT = 1_000_000

/** What may stand between the last item of a flow collection and its closing bracket. */
const FLOW_END = /(?:[\s,"']|#[^\n]*)*[\]}]/y

/** Builds nodes from js-yaml's event stream, remembering where each stands. */
class Builder {
  private readonly anchors = new Map<string, { readonly node: YamlNode; readonly size: number }>()
  private size = 0
  private at = 0
  private last = 0
  private readonly text: string
  private readonly events: readonly Event[]

  constructor(text: string, events: readonly Event[]) {
    this.text = text
    this.events = events
  }

  /** The root of the next document; an anchor is known in its own document only. */
  root(): YamlNode | undefined {
    if (this.events[this.at]?.type !== EVENT_DOCUMENT) return undefined
    this.at++
    this.anchors.clear()
    const root = this.events[this.at]?.type === EVENT_POP ? undefined : this.node()
    this.at++
    return root
  }

  private node(): YamlNode {
    const before = this.size++
    const event = this.events[this.at++]
    if (event?.type === EVENT_ALIAS) return this.alias(event)
    if (event?.type === EVENT_SCALAR) return this.remember(event, this.scalar(event), before)
    if (event?.type === EVENT_SEQUENCE) {
      const items: YamlNode[] = []
      while (this.inside()) items.push(this.node())
      return this.remember(event, { kind: 'sequence', start: event.start, end: this.endOf(event), items }, before)
    }
    if (event?.type === EVENT_MAPPING) {
      const entries: YamlEntry[] = []
      while (this.inside()) entries.push({ key: this.node(), value: this.node() })
      const flow = event.style === COLLECTION_STYLE_FLOW
      const node = { kind: 'mapping', start: event.start, end: this.endOf(event), flow, entries } as const
      return this.remember(event, node, before)
    }
    return { kind: 'scalar', start: this.last, end: this.last, text: '', type: 'null', style: 'plain' }
  }

  private inside(): boolean {
    if (this.at >= this.events.length) return false
    if (this.events[this.at]?.type !== EVENT_POP) return true
    this.at++
    return false
  }

  private alias({ anchorStart, anchorEnd }: Extract<Event, { type: typeof EVENT_ALIAS }>): YamlAlias {
    this.last = anchorEnd
    const name = this.text.slice(anchorStart, anchorEnd)
    const anchored = this.anchors.get(name)
    this.size += anchored?.size ?? 0
    if (this.size > NODE_LIMIT) throw new YAMLException('its aliases unfold to more than the tool will read')
    return { kind: 'alias', start: anchorStart - 1, end: anchorEnd, name, target: anchored?.node }
  }

  /** Where a collection ends; a flow collection ends after its closing bracket. */
  private endOf({ style, start }: { readonly style: number; readonly start: number }): number {
    if (style !== COLLECTION_STYLE_FLOW) return this.last
    FLOW_END.lastIndex = Math.max(start + 1, this.last)
    if (FLOW_END.test(this.text)) this.last = FLOW_END.lastIndex
    return this.last
  }

  private scalar(event: Extract<Event, { type: typeof EVENT_SCALAR }>): YamlScalar {
    const text = getScalarValue(this.text, event)
    const plain = event.style === SCALAR_STYLE_PLAIN && event.tagStart === -1
    // An empty value has no place of its own: it stands where the text before it ended.
    const start = event.valueStart < 0 ? this.last : event.valueStart
    this.last = event.valueEnd < 0 ? start : event.valueEnd
    const style = STYLES[event.style] ?? 'plain'
    return { kind: 'scalar', start, end: this.last, text, type: plain ? typeOfPlain(text) : 'str', style }
  }

  /** A node with its anchor, to be found by later aliases; `before` is how many nodes there were without it. */
  private remember(event: { anchorStart: number; anchorEnd: number }, node: YamlNode, before: number): YamlNode {
    if (event.anchorStart < 0) return node
    const anchor = this.text.slice(event.anchorStart, event.anchorEnd)
    const named = { ...node, anchor }
    this.anchors.set(anchor, { node: named, size: this.size - before })
    return named
  }
}

/** What a reader of YAML refuses beyond what is no YAML at all. */
export type Refuse = (
  text: string,
  events: readonly Event[],
  root: YamlNode | undefined,
) => { readonly message: string; readonly offset: number } | undefined

const countOf = (events: readonly Event[]): number => events.filter(({ type }) => type === EVENT_DOCUMENT).length

/** What `build` makes of a text's events, or why the text is not YAML. */
function read<T>(text: string, build: (events: readonly Event[], builder: Builder) => T): T | YamlFailure {
  try {
    const events = parseEvents(text, {})
    return build(events, new Builder(text, events))
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { reason, mark } = error as YAMLException & { reason?: string; mark?: { position?: number } }
    return { ok: false, message: reason ?? error.message, offset: mark?.position ?? 0 }
  }
}

/** Reads one YAML document only to look at it; nothing is ever written from the result. */
export const readYaml = (text: string, refuse?: Refuse): YamlReading =>
  read<YamlReading>(text, (events, builder) => {
    const root = builder.root()
    const refusal = refuse?.(text, events, root)
    return refusal === undefined ? { ok: true, root, documents: countOf(events) } : { ok: false, ...refusal }
  })

/** Reads every document of a stream, to look at them. */
export const readYamlStream = (text: string): YamlStream =>
  read(text, (events, builder) => ({
    ok: true,
    roots: Array.from({ length: countOf(events) }, () => builder.root()),
  }))

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
