import { oncePer } from './once-per.ts'

/** A text that diagnostics can point into: a file, standard input, a flag's value, a part of a MIME document. */
export interface Source {
  readonly name: string
  readonly text: string
}

/** A stretch of a source, in UTF-16 offsets, end exclusive. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** A place as people count: line and column from 1, columns in characters (code points). */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Offsets at which the lines of a source begin. A line ends at LF or CRLF. */
export const startsOfLines: (source: Source) => readonly number[] = oncePer(({ text }: Source) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
})

/** Line number (from 1) of an offset. */
export function lineOf(source: Source, offset: number): number {
  const starts = startsOfLines(source)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** What was counted last: of a long line with many places no stretch is counted twice. */
interface Counted {
  readonly offset: number
  readonly column: number
}

const counted = new WeakMap<Source, Counted>()

export function positionOf(source: Source, offset: number): Position {
  const line = lineOf(source, offset)
  const start = startsOfLines(source)[line - 1] ?? 0
  const last = counted.get(source)
  const from = last !== undefined && last.offset >= start && last.offset <= offset ? last : { offset: start, column: 1 }
  const between = source.text.slice(from.offset, offset)
  const pairs = between.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0
  const column = from.column + between.length - pairs
  // The second half of a pair is no place to go on from.
  if (!/[\ud800-\udbff]$/.test(between)) counted.set(source, { offset, column })
  return { line, column }
}

/** The text of a line (from 1) without its line ending, or undefined past the end. */
export function textOfLine(source: Source, line: number): string | undefined {
  const starts = startsOfLines(source)
  const start = starts[line - 1]
  if (start === undefined) return undefined
  return source.text.slice(start, starts[line] ?? source.text.length).replace(/\r?\n$/, '')
}

export const spanOf = (source: Source, start: number, end: number): Span => ({ source, start, end })
