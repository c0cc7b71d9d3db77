import { type Source, startsOfLines } from '../../report/source.ts'
import { encodeBase64, MIME_LINES } from '../base64.ts'
import { leavesOf } from '../mime.ts'
import { type Replacement, replaced } from '../text-range.ts'
import { bytesOf, type Document, type UserData } from '../user-data.ts'
import {
  COMMENT,
  type CommentedLines,
  digestOfLines,
  parseCommented,
  parseLines,
  startsIn,
  uncommented,
} from './commented.ts'
import { COMMENTED } from './marks.ts'

/** Where the lines begin in a document, all of which carry the mark of a comment; undefined when one does not. */
function markedLines(document: Document | undefined, { lines }: CommentedLines): readonly number[] | undefined {
  const starts = document && startsIn(document, lines)
  const marked = starts?.every(at => document?.source.text.startsWith(COMMENT, at))
  return marked === true ? starts : undefined
}

interface Found {
  readonly index: number
  readonly starts: readonly number[]
}

/**
 * The document whose lines these are: the one of that number if its lines say what they said, else any that does, for other programs
 * add parts and change their order; else the one of that number, for the operator may edit a value in a comment.
 */
function find(documents: readonly Document[], wanted: CommentedLines, taken: ReadonlySet<number>): Found | undefined {
  const says = (index: number): Found | undefined => {
    const document = documents[index]
    const starts = taken.has(index) ? undefined : markedLines(document, wanted)
    if (document === undefined || starts === undefined) return undefined
    return digestOfLines(document.source, starts, COMMENT.length) === wanted.digest ? { index, starts } : undefined
  }
  const own = wanted.document - 1
  const found = says(own)
  if (found !== undefined) return found
  for (let index = 0; index < documents.length; index++) {
    const other = says(index)
    if (other !== undefined) return other
  }
  const starts = documents.length === wanted.documents ? markedLines(documents[own], wanted) : undefined
  return starts === undefined || taken.has(own) ? undefined : { index: own, starts }
}

const gone = (line: number | undefined): string =>
  `line ${line} of the operator's document is no longer the comment that injection made of it`

/** What is said of lines that are not where they were, nor anywhere else. */
function missing(document: Document | undefined, { lines }: CommentedLines): string {
  const starts = document && startsIn(document, lines)
  const index = starts?.findIndex(at => document?.source.text.startsWith(COMMENT, at) !== true) ?? 0
  return gone(lines[Math.max(0, index)])
}

/** A document in base64, written anew with this text. */
function inBase64(document: Document, text: string, before: string): string {
  const bytes = Buffer.from(before, 'base64')
  const charset = bytes.equals(bytesOf(document.source.text, 'utf-8')) ? 'utf-8' : 'latin1'
  const newline = before.includes('\r\n') ? '\r\n' : '\n'
  return encodeBase64(bytesOf(text, charset), { ...MIME_LINES, newline })
}

/**
 * The operator's bytes with their lines as they wrote them, where injection had made comments of some; else what is wrong with what
 * the header says of them.
 */
export function restoreLines({ documents, mime, source, charset }: UserData, header: string): Uint8Array | string {
  const most = documents.reduce((count, document) => Math.max(count, startsOfLines(document.source).length), 0)
  const all = parseCommented(header, most)
  if (all === undefined) return `the header ${COMMENTED} does not fit the operator's document`
  const leaves = mime === undefined ? [] : leavesOf(mime)
  const taken = new Set<number>()
  const replacements: Replacement[] = []
  for (const wanted of all) {
    const found = find(documents, wanted, taken)
    const document = found && documents[found.index]
    if (found === undefined || document === undefined) return missing(documents[wanted.document - 1], wanted)
    taken.add(found.index)
    const starts = found.starts.map(at => at - document.start)
    const text = uncommented(document.source.text.slice(document.start, document.end - wanted.appended), starts)
    const leaf = leaves[found.index]
    const range = document.editable ? document : leaf && { start: leaf.bodyStart, end: leaf.end }
    if (range === undefined) continue
    const raw = source.text.slice(range.start, range.end)
    replacements.push({ ...range, words: document.editable ? text : inBase64(document, text, raw) })
  }
  replacements.sort((a, b) => a.start - b.start)
  return bytesOf(replaced(source.text, replacements), charset)
}

/**
 * A document with its lines as the operator wrote them, where injection had made comments of some: their numbers in the document, as
 * `2,4-5`, or `2; appended=3` when three characters were appended. Else what is wrong with it.
 */
export function restoreNumbered(bytes: Uint8Array, value: string): Uint8Array | string {
  const source: Source = { name: '', text: Buffer.from(bytes).toString('latin1') }
  const [, ranges = '', appended = '0'] = /^([^;]*)(?:; appended=([34]))?$/.exec(value) ?? []
  const all = startsOfLines(source)
  const lines = parseLines(ranges, all.length)
  if (lines === undefined) return "the lines that it says are comments do not fit the operator's document"
  const starts = lines.map(line => all[line - 1] ?? 0)
  const unmarked = starts.findIndex(at => !source.text.startsWith(COMMENT, at))
  if (unmarked >= 0) return gone(lines[unmarked])
  return bytesOf(uncommented(source.text.slice(0, source.text.length - Number(appended)), starts), 'latin1')
}
