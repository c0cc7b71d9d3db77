import { readYaml } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import { lineOf, type Source, startsOfLines } from '../report/source.ts'

/** What was done to the operator's lines, so that it can be undone. */
export interface Commented {
  /** Line numbers, from 1, that carry the mark. */
  readonly lines: readonly number[]
  /** Characters appended so that a document with no keys left is still an (empty) mapping. */
  readonly appended: number
}

/** What a line begins with that became a comment. */
export const MARK = '# '

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

/** cloud-init warns of a cloud-config without any key, not of an empty mapping: what makes it one. */
function emptyMapping(text: string): string {
  const yaml = readYaml(text)
  // Behind the end of a document it would be another one.
  if (!yaml.ok || toData(yaml.root) !== null || /^\.\.\.\s/m.test(text)) return ''
  return text.endsWith('\n') ? '{}\n' : '\n{}\n'
}

/** Makes comments of the lines that begin at these offsets. */
export function comment(
  source: Source,
  offsets: readonly number[],
  single: boolean,
): Commented & { readonly text: string } {
  if (offsets.length === 0) return { text: source.text, lines: [], appended: 0 }
  let text = ''
  let at = 0
  for (const offset of offsets) {
    text += source.text.slice(at, offset) + MARK
    at = offset
  }
  text += source.text.slice(at)
  const appended = single ? emptyMapping(text) : ''
  return { text: text + appended, lines: offsets.map(offset => lineOf(source, offset)), appended: appended.length }
}

/** The operator's text again, or the number of the first line that does not carry the mark any more. */
export function uncomment(source: Source, { lines, appended }: Commented): string | number {
  const starts = startsOfLines(source)
  let text = ''
  let at = 0
  for (const line of lines) {
    const start = starts[line - 1]
    if (start === undefined || !source.text.startsWith(MARK, start)) return line
    text += source.text.slice(at, start)
    at = start + MARK.length
  }
  return text + source.text.slice(at, source.text.length - appended)
}
