import { typeOfPlain } from '../../decode/plain-scalar.ts'
import type { Replacement, TextRange } from '../../decode/text-range.ts'
import type { YamlScalar } from '../../decode/yaml-node.ts'
import { unicodeEscape } from '../../report/visible.ts'

/** What a literal block cannot hold: controls but tab and line feed, line breaks of Unicode, halves of pairs. */
const NOT_LITERAL = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u
/** The header of a block scalar, up to its line end. */
const HEADER = /([|>])[-+0-9]*([ \t]*(?:#[^\n]*?)?)\r?\n$/

/** How the header of a block says what is kept of the line feeds at its end. */
function chompingOf(text: string): '-' | '' | '+' {
  if (!text.endsWith('\n')) return '-'
  return text.endsWith('\n\n') ? '+' : ''
}

/** A literal block without the line feed that ends it; undefined where the text cannot stand in one. */
export function literal(
  text: string,
  { indent, column, newline, after = '' }: { indent: number; column: number; newline: string; after?: string },
): string | undefined {
  // Where the first line does not show the indentation, the header says it.
  const indicator = /^[ \n]/.test(text) ? String(indent - column) : ''
  if (text.trim() === '' || NOT_LITERAL.test(text) || indicator.length > 1) return undefined
  const lines = text.replace(/\n$/, '').split('\n')
  const body = lines.map(line => (line === '' ? '' : ' '.repeat(indent) + line))
  return [`|${indicator}${chompingOf(text)}${after}`, ...body].join(newline)
}

/** A quoted text that is JSON and YAML alike. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, unicodeEscape)

/** The same as programs in Go write it, which keep HTML out of their JSON. */
const quotedByGo = (text: string): string =>
  quoted(text).replace(/[<>&]/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`)

interface Header extends TextRange {
  readonly sign: string
  /** What stands behind it on its line. */
  readonly after: string
}

/** The header of the block whose content begins there. */
function headerBefore(text: string, start: number): Header | undefined {
  const from = text.lastIndexOf('\n', start - 2) + 1
  const found = HEADER.exec(text.slice(from, start))
  if (found === null) return undefined
  const [, sign = '', after = ''] = found
  return { start: from + found.index, end: start, sign, after }
}

/** Where a scalar stands with its quotes, or with the header of its block; undefined when that is not to be seen. */
export function tokenOf(text: string, { start, end, style }: YamlScalar): TextRange | undefined {
  if (style === 'plain') return { start, end }
  if (style === 'double' || style === 'single') return { start: start - 1, end: end + 1 }
  const header = headerBefore(text, start)
  return header && { start: header.start, end }
}

/** The end of a block's last line that is not blank: the blank ones behind it are no part of the text unless it keeps them. */
const endOfLines = (text: string, start: number, end: number): number =>
  start + text.slice(start, end).replace(/(?:\r?\n[ \t]*)+$/, '').length

/** How a block of the text is indented; undefined for one that shows no indentation. */
function indentOf(raw: string, value: string): number | undefined {
  const lines = raw.split('\n')
  const content = value.split('\n')
  const at = content.findIndex(line => line.trim() !== '')
  const [line, own] = [lines[at]?.replace(/\r$/, ''), content[at]]
  return line === undefined || own === undefined ? undefined : line.length - own.length
}

/** A block with another text in it, indented as before. */
function block(
  text: string,
  node: YamlScalar,
  value: string,
  column: number,
  newline: string,
): Replacement | undefined {
  const header = headerBefore(text, node.start)
  if (header === undefined) return undefined
  const { sign, after } = header
  const raw = text.slice(node.start, node.end)
  const indent = (sign === '|' ? indentOf(raw, node.text) : undefined) ?? column + 2
  const written = literal(value, { indent, column, newline, after })
  const keeps = node.text.endsWith('\n\n') && sign === '|'
  const end = keeps ? node.end - (/\r?\n$/.exec(raw)?.[0].length ?? 0) : endOfLines(text, node.start, node.end)
  return { start: header.start, end, words: written ?? quoted(value) }
}

/**
 * A scalar with another text, written as it was where that can be: a literal block stays one, with its indentation, JSON stays
 * JSON. `column` is that of its key. Undefined where it is not known how it is written.
 */
export function rewritten(
  text: string,
  node: YamlScalar,
  value: string,
  { column, newline, flow, plainly }: { column: number; newline: string; flow: boolean; plainly: boolean },
): Replacement | undefined {
  const token = tokenOf(text, node)
  if (token === undefined) return undefined
  if (plainly) {
    const cut = node.style === 'literal' || node.style === 'folded'
    return { start: token.start, end: cut ? endOfLines(text, node.start, node.end) : token.end, words: quoted(value) }
  }
  if (node.style === 'literal' || node.style === 'folded') return block(text, node, value, column, newline)
  const raw = text.slice(token.start, token.end)
  const byGo = raw === quotedByGo(node.text) && raw !== quoted(node.text)
  if (node.style === 'double' || flow) return { ...token, words: byGo ? quotedByGo(value) : quoted(value) }
  const simple = /^[A-Za-z0-9+/=]+$/.test(value)
  if (simple && node.style === 'single') return { ...token, words: `'${value}'` }
  if (simple && typeOfPlain(value) === 'str' && raw !== '') return { ...token, words: value }
  return { ...token, words: literal(value, { indent: column + 2, column, newline }) ?? quoted(value) }
}
