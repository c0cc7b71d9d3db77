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
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
} from 'js-yaml'
import { type Event, readYaml } from './yaml.ts'
import { followed, type YamlEntry, type YamlNode, type YamlReading } from './yaml-node.ts'

type ScalarEvent = Extract<Event, { type: typeof EVENT_SCALAR }>

/** Why PyYAML, and with it cloud-init, refuses a text that YAML itself allows; and where. */
export interface Refusal {
  readonly message: string
  readonly offset: number
}

/** A key that is not marked with `?` may have so many characters. */
const KEY_LIMIT = 1024
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[^=]*={0,2}$/.test(text)
const TAG = /^!(?:!|<tag:yaml\.org,2002:)(\w+)>?$/
/** The tags of the safe loader: what each may stand at, and what a scalar must then be. */
const TAGS = new Map<string, 'collection' | ((value: string) => boolean)>([
  ['map', 'collection'],
  ['seq', 'collection'],
  ['set', 'collection'],
  ['omap', 'collection'],
  ['pairs', 'collection'],
  ['str', () => true],
  ['null', () => true],
  ['timestamp', value => !impossible(value)],
  ['bool', value => /^(?:yes|no|true|false|on|off)$/i.test(value)],
  ['int', value => /^[-+]?(?:0b[01_]+|0x[\da-f_]+|[\d_]+(?::[\d_]+)*)$/i.test(value)],
  ['float', value => /^[-+]?(?:\.inf|\.nan|[\d_.]+(?:e[-+]?\d+)?(?::[\d_.]+)*)$/i.test(value)],
  ['binary', value => /^[\x00-\x7f]*$/.test(value) && isBase64(value.replace(/[^\w+/=]|_/g, ''))],
])
/** A line that says nothing, and one that ends a document. */
const IDLE_LINE = /[ \uFEFF]*(?:#[^\n]*)?\r?\n/y
const END_LINE = /\.\.\.(?:\s|$)/y
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const ODD_BREAK = /[\u0085\u2028\u2029]/

const isQuoted = ({ style }: ScalarEvent): boolean =>
  style === SCALAR_STYLE_DOUBLE_QUOTED || style === SCALAR_STYLE_SINGLE_QUOTED
const isBlock = (event: ScalarEvent): boolean => event.style !== SCALAR_STYLE_PLAIN && !isQuoted(event)

/** The text with the content of some scalars blotted out, offsets kept. */
function blotted(text: string, scalars: readonly ScalarEvent[]): string {
  let rest = ''
  let at = 0
  for (const { valueStart, valueEnd } of scalars) {
    if (valueStart < at) continue
    rest += text.slice(at, valueStart) + text.slice(valueStart, valueEnd).replace(/[^\n]/g, 'x')
    at = valueEnd
  }
  return rest + text.slice(at)
}

/** A tab that is neither in a quoted or block scalar nor in a comment. */
function tab(text: string, scalars: readonly ScalarEvent[]): number {
  if (!text.includes('\t')) return -1
  for (const { valueStart, valueEnd, indent } of scalars.filter(isBlock)) {
    const shallow = new RegExp(`^ {0,${Math.max(indent - 1, 0)}}\\t`, 'm').exec(text.slice(valueStart, valueEnd))
    if (shallow !== null) return valueStart + shallow.index + shallow[0].length - 1
  }
  const structure = blotted(
    text,
    scalars.filter(event => event.style !== SCALAR_STYLE_PLAIN),
  )
  const bare = structure.replace(
    /(^|[ \t])#[^\n]*/gm,
    (comment, before: string) => before + ' '.repeat(comment.length - before.length),
  )
  return bare.indexOf('\t')
}

/** What a date or a time may not be: the thirtieth of February, the twenty-fifth hour. */
function impossible(text: string): boolean {
  const [, year, month, day, , hour = '0', minute = '0', second = '0'] =
    /^(\d+)-(\d+)-(\d+)(?:([Tt]|[ \t]+)(\d+):(\d+):(\d+))?/.exec(text) ?? []
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)))
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  return !real || Number(year) === 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59
}

/** What stands before a key that may have several lines. */
const MARKED_KEY = /\?\s+(?:[&!]\S+\s+)*(?:["']|[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\n\s*)?$/

/** What stands behind a key whose colon is not in its line. */
const LATE_COLON = /["']?[ \t]*(?:#[^\n]*)?\n\s*:/y

function ofEntry(text: string, { key, value }: YamlEntry): Refusal | undefined {
  const isEmpty = key.kind === 'scalar' && key.start === key.end && key.type === 'null'
  if (isEmpty) return { message: 'a key is missing before the colon', offset: value.start }
  if (key.kind === 'mapping' || key.kind === 'sequence')
    return { message: 'a key is a list or a mapping', offset: key.start }
  if (key.kind === 'scalar' && key.end - key.start > KEY_LIMIT)
    return { message: 'a key is too long', offset: key.start }
  LATE_COLON.lastIndex = key.end
  const lines = key.kind === 'scalar' && (text.slice(key.start, key.end).includes('\n') || LATE_COLON.test(text))
  if (lines && !MARKED_KEY.test(text.slice(Math.max(0, key.start - 200), key.start)))
    return { message: 'a key and its colon are not in one line', offset: key.start }
  if (key.kind !== 'scalar' || key.type !== 'merge') return undefined
  const node = followed(value)
  const merged = node?.kind === 'sequence' ? node.items.map(followed) : [node]
  return merged.every(it => it?.kind === 'mapping')
    ? undefined
    : { message: '<< merges no mapping', offset: value.start }
}

function ofNode(text: string, node: YamlNode): Refusal | undefined {
  const within = (inner: YamlNode): Refusal | undefined => ofNode(text, inner)
  switch (node.kind) {
    case 'alias':
      return node.target === undefined ? { message: `there is no anchor &${node.name}`, offset: node.start } : undefined
    case 'scalar':
      if (node.type === 'value') return { message: '= has a meaning of its own: quote it', offset: node.start }
      return node.type === 'timestamp' && impossible(node.text)
        ? { message: 'there is no such date or time: quote it', offset: node.start }
        : undefined
    case 'sequence':
      return first(node.items, within)
    case 'mapping':
      return first(node.entries, entry => ofEntry(text, entry) ?? within(entry.key) ?? within(entry.value))
  }
}

function first<T>(items: readonly T[], refusal: (item: T) => Refusal | undefined): Refusal | undefined {
  for (const item of items) {
    const found = refusal(item)
    if (found !== undefined) return found
  }
  return undefined
}

function ofAnchor(text: string, event: Event): Refusal | undefined {
  if (!('anchorStart' in event) || event.anchorStart < 0) return undefined
  const name = text.slice(event.anchorStart, event.anchorEnd)
  return /^[\w-]+$/.test(name)
    ? undefined
    : {
        message: `the anchor or alias ${name} has characters other than letters, digits, - and _`,
        offset: event.anchorStart,
      }
}

/** An anchor of a name that was used before: YAML allows it, PyYAML does not. */
function anchoredTwice(text: string, events: readonly Event[]): Refusal | undefined {
  const names = new Set<string>()
  return first(events, event => {
    if (event.type === EVENT_DOCUMENT) names.clear()
    if (event.type === EVENT_ALIAS || !('anchorStart' in event) || event.anchorStart < 0) return undefined
    const name = text.slice(event.anchorStart, event.anchorEnd)
    if (names.has(name)) return { message: `the anchor &${name} is there twice`, offset: event.anchorStart }
    names.add(name)
    return undefined
  })
}

function ofTag(text: string, event: Event): Refusal | undefined {
  const scalar = event.type === EVENT_SCALAR
  if ((!scalar && event.type !== EVENT_MAPPING && event.type !== EVENT_SEQUENCE) || event.tagStart < 0) return undefined
  const tag = text.slice(event.tagStart, event.tagEnd)
  const rule = TAGS.get(TAG.exec(tag)?.[1] ?? '')
  if (tag === '!') return undefined
  if (rule === undefined) return { message: `the tag ${tag} is unknown`, offset: event.tagStart }
  const fits = scalar ? rule !== 'collection' && rule(getScalarValue(text, event)) : rule === 'collection'
  return fits ? undefined : { message: `what the tag ${tag} stands at is something else`, offset: event.tagStart }
}

/** Where a question mark stands in an unquoted scalar inside brackets: PyYAML ends the scalar there. */
function questioned(events: readonly Event[], text: string): readonly number[] {
  const styles: boolean[] = []
  return events.flatMap(event => {
    if (event.type === EVENT_POP) styles.pop()
    else if (event.type === EVENT_DOCUMENT) styles.push(false)
    else if (event.type === EVENT_MAPPING || event.type === EVENT_SEQUENCE)
      styles.push(event.style === COLLECTION_STYLE_FLOW)
    else if (event.type === EVENT_SCALAR && event.style === SCALAR_STYLE_PLAIN && styles.at(-1) === true) {
      const at = text.slice(Math.max(event.valueStart, 0), Math.max(event.valueEnd, 0)).indexOf('?')
      return at < 0 ? [] : [event.valueStart + at]
    }
    return []
  })
}

/** Whether the first line that says something ends a document. Line by line: a regular expression for all of them fills the stack. */
function endsAtOnce(text: string): boolean {
  IDLE_LINE.lastIndex = 0
  END_LINE.lastIndex = 0
  while (IDLE_LINE.test(text)) END_LINE.lastIndex = IDLE_LINE.lastIndex
  return END_LINE.test(text)
}

/** What PyYAML's safe loader refuses although the text is YAML; undefined when it takes the text. */
function refusalOf(text: string, events: readonly Event[], root: YamlNode | undefined): Refusal | undefined {
  if (endsAtOnce(text)) return { message: 'the document ends before it begins', offset: text.indexOf('...') }
  const control = text.search(UNPRINTABLE)
  if (control >= 0) return { message: 'a control character stands here', offset: control }
  const scalars = events.filter((event): event is ScalarEvent => event.type === EVENT_SCALAR && event.valueStart >= 0)
  const at = tab(text, scalars)
  if (at >= 0) return { message: 'a tab stands where only blanks may', offset: at }
  const broken = ODD_BREAK.test(text) ? blotted(text, scalars.filter(isQuoted)).search(ODD_BREAK) : -1
  if (broken >= 0)
    return { message: 'a character stands here that counts as a line break: quote the text', offset: broken }
  const refused =
    first(events, event => ofTag(text, event) ?? ofAnchor(text, event)) ??
    anchoredTwice(text, events) ??
    first(questioned(events, text), offset => ({ message: 'a ? stands in a flow collection: quote the text', offset }))
  return refused ?? (root === undefined ? undefined : ofNode(text, root))
}

/** Reads a text as PyYAML's safe loader does. */
export const readAsPyYaml = (text: string): YamlReading => readYaml(text, refusalOf)
