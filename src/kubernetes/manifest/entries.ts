import { isRecord } from '../../decode/record.ts'
import { lineStart, type Replacement } from '../../decode/text-range.ts'
import type { YamlEntry, YamlMapping, YamlNode } from '../../decode/yaml-node.ts'
import { literal, quoted, tokenOf } from './scalar.ts'

const nextLine = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** How the line of an offset ends; where it does not, the line before it. */
export function newlineAt(text: string, offset: number): '\n' | '\r\n' {
  const end = text.indexOf('\n', offset)
  return text[(end < 0 ? text.lastIndexOf('\n', offset) : end) - 1] === '\r' ? '\r\n' : '\n'
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
export function filling(text: string, { key, value }: YamlEntry, content: unknown): Replacement | undefined {
  if (key.kind !== 'scalar' || value.kind !== 'scalar' || value.type !== 'null') return undefined
  const written = isRecord(content)
    ? `{${Object.entries(content)
        .map(([name, item]) => inFlow(name, item))
        .join(', ')}}`
    : quoted(String(content))
  if (value.start < value.end) return { start: value.start, end: value.end, words: written }
  const colon = text.indexOf(':', tokenOf(text, key)?.end ?? key.end)
  return colon < 0 ? undefined : { start: colon + 1, end: colon + 1, words: ` ${written}` }
}

/** A new entry, before those that are there. */
export function insertion(text: string, mapping: YamlMapping, key: string, value: unknown): Replacement | undefined {
  const first = mapping.entries[0]
  if (mapping.flow) {
    const open = mapping.start + 1
    if (first === undefined) return { start: open, end: open, words: inFlow(key, value) }
    const start = startOf(text, first)
    return { start, end: start, words: `${inFlow(key, value)},${text.slice(open, start) || ' '}` }
  }
  // The first key of an item of a list stands behind its dash.
  const entry = mapping.entries.find(candidate => {
    const start = startOf(text, candidate)
    return text.slice(lineStart(text, start), start).trim() === ''
  })
  if (entry === undefined) return undefined
  const [column, newline] = [columnOf(text, entry), newlineAt(text, entry.key.start)]
  let start = lineStart(text, startOf(text, entry))
  // A comment above a key belongs to it.
  while (start > 0 && /^[ \t]*#/.test(text.slice(lineStart(text, start - 1), start))) start = lineStart(text, start - 1)
  return { start, end: start, words: ' '.repeat(column) + inBlock(key, value, column, newline) + newline }
}

/** An entry taken out, with its lines where it has lines of its own; undefined where they hold something else besides. */
export function removal(text: string, mapping: YamlMapping, entry: YamlEntry): Replacement | undefined {
  const at = mapping.entries.indexOf(entry)
  const [before, next] = [mapping.entries[at - 1], mapping.entries[at + 1]]
  const start = startOf(text, entry)
  const end = endOf(text, entry.value)
  if (mapping.flow) {
    if (next !== undefined && before === undefined) return { start, end: startOf(text, next), words: '' }
    return { start: before === undefined ? start : endOf(text, before.value), end, words: '' }
  }
  // Without any entry left it would be null, which is no mapping.
  if (mapping.entries.length === 1 && entry.value.kind === 'scalar') return { start, end, words: '{}' }
  const from = lineStart(text, start)
  const to = nextLine(text, end)
  const others = `${text.slice(from, start)}${text.slice(end, to)}`
  const comment = text
    .slice(start, end)
    .split('\n')
    .some(line => /^\s*#/.test(line))
  // The lines of a block scalar are its own, whatever they look like.
  if (others.trim() !== '' || (comment && entry.value.kind !== 'scalar')) return undefined
  return { start: from, end: to, words: '' }
}
