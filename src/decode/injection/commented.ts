import { lineOf, type Source, startsOfLines } from '../../report/source.ts'
import { digestOf } from '../digest.ts'
import { without } from '../text-range.ts'

/** What a line begins with that became a comment. */
export const COMMENT = '# '

/** The lines of one document that became comments, so that they can be found again wherever the document stands by then. */
export interface CommentedLines {
  /** Which document it was, from 1, and of how many. */
  readonly document: number
  readonly documents: number
  /** Line numbers in the document, from 1. */
  readonly lines: readonly number[]
  /** Characters appended so that a document with no keys left is still an (empty) mapping. */
  readonly appended: number
  /** Recognises the lines as the operator wrote them. */
  readonly digest: string
}

/** Lines `1-3,7` as numbers; undefined when they are not ascending line numbers of a text with so many lines. */
export function parseLines(text: string, count: number): readonly number[] | undefined {
  const lines: number[] = []
  for (const range of text.split(',')) {
    const [, first, last = first] = /^([1-9][0-9]*)(?:-([1-9][0-9]*))?$/.exec(range) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (!(from > (lines.at(-1) ?? 0) && to >= from && to <= count)) return undefined
    for (let line = from; line <= to; line++) lines.push(line)
  }
  return lines
}

/** Numbers as `1-3,7`. */
export function formatLines(lines: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === line - 1) last[1] = line
    else ranges.push([line, line])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

/** The value of the header: `1/2:3-4=0123456789abcdef`, with `+3` behind the lines when three characters were appended. */
export const formatCommented = (all: readonly CommentedLines[]): string =>
  all
    .map(({ document, documents, lines, appended, digest }) => {
      const more = appended === 0 ? '' : `+${appended}`
      return `${document}/${documents}:${formatLines(lines)}${more}=${digest}`
    })
    .join(' ')

/** What the header says; undefined when it cannot be true of a text with so many lines. */
export function parseCommented(value: string, count: number): readonly CommentedLines[] | undefined {
  const all: CommentedLines[] = []
  let total = 0
  for (const item of value.split(/\s+/)) {
    const [, document, documents, ranges = '', appended = '0', digest] =
      /^([1-9]\d*)\/([1-9]\d*):([\d,-]+)(?:\+([34]))?=([0-9a-f]{16})$/.exec(item) ?? []
    const lines = parseLines(ranges, count)
    total += lines?.length ?? 0
    if (lines === undefined || digest === undefined || total > count) return undefined
    all.push({
      document: Number(document),
      documents: Number(documents),
      lines,
      appended: Number(appended),
      digest,
    })
  }
  return all
}

/** A document: where it begins and ends in its source. */
interface Place {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** Where lines of a document begin, in its source; undefined when it has not so many. */
export function startsIn({ source, start, end }: Place, lines: readonly number[]): readonly number[] | undefined {
  const all = startsOfLines(source)
  const before = lineOf(source, start) - 1
  const starts = lines.map(line => (line === 1 ? start : (all[before + line - 1] ?? end)))
  return starts.every(at => at < end) ? starts : undefined
}

/** Recognises lines by their text, without their line ends. */
export function digestOfLines({ text }: Source, starts: readonly number[], skipped: number): string {
  const lines = starts.map(at => {
    const end = text.indexOf('\n', at)
    return text.slice(at + skipped, end < 0 ? undefined : end).replace(/\r$/, '')
  })
  return digestOf(Buffer.from(lines.join('\n'), 'utf8').toString('latin1'))
}

/** A text without the comment marks of the lines that begin at these offsets. */
export const uncommented = (text: string, starts: readonly number[]): string =>
  without(
    text,
    starts.map(start => ({ start, end: start + COMMENT.length })),
  )
