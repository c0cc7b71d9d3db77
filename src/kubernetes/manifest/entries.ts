import { isRecord } from '../../decode/record.ts'
import type { YamlEntry, YamlMapping, YamlNode } from '../../decode/yaml.ts'
import { literal, quoted, type TextEdit, tokenOf } from './scalar.ts'

/** The text that is edited, and how its lines end. */
export interface Page {
  readonly text: string
  readonly newline: '\n' | '\r\n'
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1
const nextLine = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** Where the key of an entry begins, its quote included. */
const startOf = (text: string, { key }: YamlEntry): number =>
  key.kind === 'scalar' ? (tokenOf(text, key)?.start ?? key.start) : key.start

/** Where a node ends, its quote included; the line feed of a block is not. */
function endOf(text: string, node: YamlNode): number {
  const end = node.kind === 'scalar' ? (tokenOf(text, node)?.end ?? node.end) : node.end
  const last = node.kind === 'mapping' && !node.flow ? node.entries.at(-1)?.value : undefined
  return last === undefined ? text.slice(0, end).replace(/\r?\n$/, '').length : endOf(text, last)
}

/** The column of an entry's key, from 0. */
export const columnOf = (text: string, entry: YamlEntry): number => {
  const start = startOf(text, entry)
  return start - lineStart(text, start)
}

/** An entry as it is written in a block mapping, without the line feed that ends it. */
function inBlock(key: string, value: unknown, column: number, newline: string): string {
  const indent = column + 2
  if (isRecord(value)) {
    const inner = Object.entries(value).map(([name, item]) => ' '.repeat(indent) + inBlock(name, item, indent, newline))
    return [`${key}:`, ...inner].join(newline)
  }
  const text = String(value)
  const plain = /^[A-Za-z][A-Za-z]*$/.test(text) ? text : undefined
  return `${key}: ${plain ?? (text.includes('\n') ? literal(text, { indent, column, newline }) : undefined) ?? quoted(text)}`
}

/** An entry as it is written in a flow mapping, which is that of JSON. */
const inFlow = (key: string, value: unknown): string =>
  isRecord(value)
    ? `${quoted(key)}: {${Object.entries(value)
        .map(([name, item]) => inFlow(name, item))
        .join(', ')}}`
    : `${quoted(key)}: ${quoted(String(value))}`

/** A value where none stood: `annotations:` or `annotations: null`. */
export function filling({ text }: Page, { key, value }: YamlEntry, content: unknown): TextEdit | undefined {
  if (key.kind !== 'scalar' || value.kind !== 'scalar' || value.type !== 'null') return undefined
  const written = isRecord(content)
    ? `{${Object.entries(content)
        .map(([name, item]) => inFlow(name, item))
        .join(', ')}}`
    : quoted(String(content))
  if (value.start < value.end) return { start: value.start, end: value.end, text: written }
  const colon = text.indexOf(':', tokenOf(text, key)?.end ?? key.end)
  return colon < 0 ? undefined : { start: colon + 1, end: colon + 1, text: ` ${written}` }
}

/** A new entry, before those that are there. */
export function insertion(
  { text, newline }: Page,
  mapping: YamlMapping,
  key: string,
  value: unknown,
): TextEdit | undefined {
  const first = mapping.entries[0]
  if (mapping.flow) {
    const open = mapping.start + 1
    if (first === undefined) return { start: open, end: open, text: inFlow(key, value) }
    const start = startOf(text, first)
    return { start, end: start, text: `${inFlow(key, value)},${text.slice(open, start) || ' '}` }
  }
  // The first key of an item of a list stands behind its dash.
  const entry = mapping.entries.find(candidate => {
    const start = startOf(text, candidate)
    return text.slice(lineStart(text, start), start).trim() === ''
  })
  if (entry === undefined) return undefined
  const column = columnOf(text, entry)
  let start = lineStart(text, startOf(text, entry))
  // A comment above a key belongs to it.
  while (start > 0 && /^[ \t]*#/.test(text.slice(lineStart(text, start - 1), start))) start = lineStart(text, start - 1)
  return { start, end: start, text: ' '.repeat(column) + inBlock(key, value, column, newline) + newline }
}

/** An entry taken out, with its lines where it has lines of its own; undefined where they hold something else besides. */
export function removal({ text }: Page, mapping: YamlMapping, entry: YamlEntry): TextEdit | undefined {
  const at = mapping.entries.indexOf(entry)
  const [before, next] = [mapping.entries[at - 1], mapping.entries[at + 1]]
  const start = startOf(text, entry)
  const end = endOf(text, entry.value)
  if (mapping.flow) {
    if (next !== undefined && before === undefined) return { start, end: startOf(text, next), text: '' }
    return { start: before === undefined ? start : endOf(text, before.value), end, text: '' }
  }
  const from = lineStart(text, start)
  const to = nextLine(text, end)
  const others = `${text.slice(from, start)}${text.slice(end, to)}`
  const comment = text
    .slice(start, end)
    .split('\n')
    .some(line => /^\s*#/.test(line))
  // The lines of a block scalar are its own, whatever they look like.
  if (others.trim() !== '' || (comment && entry.value.kind !== 'scalar')) return undefined
  return { start: from, end: to, text: '' }
}
