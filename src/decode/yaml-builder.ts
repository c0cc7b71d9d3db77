import {
  COLLECTION_STYLE_FLOW,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  getScalarValue,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_FOLDED_BLOCK,
  SCALAR_STYLE_LITERAL_BLOCK,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
  YAMLException,
} from 'js-yaml'
import { typeOfPlain } from './plain-scalar.ts'
import type { Event } from './yaml.ts'
import type { ScalarStyle, YamlAlias, YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts'

const STYLES: Readonly<Record<number, ScalarStyle>> = {
  [SCALAR_STYLE_PLAIN]: 'plain',
  [SCALAR_STYLE_SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE_DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE_LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE_FOLDED_BLOCK]: 'folded',
}

/** Nodes that a document may have once its aliases are followed: one that grows beyond is refused before it fills the memory. */
const NODE_LIMIT = 1_000_000

/** What may stand between the last item of a flow collection and its closing bracket: one comment, or what is none. */
const BEFORE_END = /#[^\n]*|[\s,"']/y

/** Builds nodes from js-yaml's event stream, remembering where each stands. */
export class Builder {
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
    let at = Math.max(start + 1, this.last)
    // One at a time: a group that repeats itself would fill the stack with a million comments.
    for (BEFORE_END.lastIndex = at; BEFORE_END.test(this.text); ) at = BEFORE_END.lastIndex
    if (/[\]}]/.test(this.text.charAt(at))) this.last = at + 1
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
