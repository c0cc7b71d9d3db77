import type { Paint, Style } from './paint.ts'
import { lineOf, positionOf, type Span, startsOfLines, textOfLine } from './source.ts'
import { columnsOf, visible } from './visible.ts'

/** Lines shown above a fault. */
const CONTEXT = 2
/** Columns shown of a line, and how many of them stand before the fault when it is cut. */
const WIDTH = 120
const LEAD = 40
/** A span of more lines is shown by its first and its last one. */
const MOST_LINES = 3

/** The numbers from `from` to `to`, both included. */
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)

/** A line as the terminal shows it, and where the carets go: blanks before them and how many. */
interface View {
  readonly text: string
  readonly blanks: number
  readonly carets: number
}

/** Code units around a fault that are looked at; more of a line is not shown anyway. */
const NEAR = 1024

/** One line, cut around the UTF-16 offsets `start` and `end` when it is long. */
function view(whole: string, wholeStart: number, wholeEnd: number): View {
  const skipped = Math.max(0, wholeStart - NEAR)
  const line = whole.slice(skipped, wholeStart + NEAR)
  const [start, end] = [wholeStart - skipped, wholeEnd - skipped]
  const shown: string[] = []
  const columns = [0]
  let [first, last] = [-1, -1]
  let offset = 0
  for (const character of line) {
    const cell = visible(character)
    if (first < 0 && offset + character.length > start) first = shown.length
    if (last < 0 && offset >= end) last = shown.length
    columns.push((columns.at(-1) ?? 0) + columnsOf(cell))
    shown.push(cell)
    offset += character.length
  }
  const count = shown.length
  if (first < 0) first = count
  if (last < 0) last = count
  const column = (index: number): number => columns[index] ?? 0
  let from = 0
  let to = count
  if (column(count) > WIDTH) {
    const wanted = Math.min(column(first) - LEAD, column(count) - WIDTH)
    while (column(from) < wanted) from++
    while (column(to) - column(from) > WIDTH) to--
  }
  const cut = from > 0 || skipped > 0 ? '…' : ''
  return {
    text: `${cut}${shown.slice(from, to).join('')}${to < count || skipped + line.length < whole.length ? '…' : ''}`,
    blanks: cut.length + column(first) - column(from),
    carets: Math.max(1, column(Math.min(last, to)) - column(first)),
  }
}

/**
 * Where a span stands: file, line and column, the lines above it, its own lines with carets under it. `indent` is the
 * width of the gutter, for what is written under the excerpt.
 */
export function excerpt(
  span: Span,
  style: Style,
  paint: Paint,
): { readonly lines: readonly string[]; readonly indent: number } {
  const { source } = span
  const start = Math.min(span.start, source.text.length)
  const end = Math.max(start, Math.min(span.end, source.text.length))
  const first = lineOf(source, start)
  const last = lineOf(source, Math.max(start, end - 1))
  const indent = String(last).length
  const bar = (label: string, text: string): string =>
    `${paint('frame', `${label.padStart(indent)} |`)} ${text}`.trimEnd()
  const marked = (line: number): readonly string[] => {
    const text = textOfLine(source, line) ?? ''
    const at = startsOfLines(source)[line - 1] ?? 0
    // Of a span of several lines the indentation is not marked.
    const from = Math.max(start - at, last > first ? text.search(/\S|$/) : 0)
    const { text: shown, blanks, carets } = view(text, from, end - at)
    const under =
      last > first && text.trim() === '' ? [] : [bar('', ' '.repeat(blanks) + paint(style, '^'.repeat(carets)))]
    return [bar(String(line), shown), ...under]
  }
  const above = range(Math.max(1, first - CONTEXT), first - 1)
  const own = last - first < MOST_LINES ? range(first, last) : [first, undefined, last]
  const { column } = positionOf(source, start)
  return {
    indent,
    lines: [
      `${' '.repeat(indent)}${paint('frame', '-->')} ${visible(source.name)}:${first}:${column}`,
      bar('', ''),
      ...above.map(line => bar(String(line), view(textOfLine(source, line) ?? '', 0, 0).text)),
      ...own.flatMap(line => (line === undefined ? [paint('frame', '...')] : marked(line))),
    ],
  }
}
