import type { PartMark } from '../decode/injection/marks.ts'
import type { UserData } from '../decode/user-data.ts'
import type { Scripts } from './parts.ts'

/** Where parts can be added to a multipart message, behind all of its own. */
export interface AppendingPoint extends Pick<PartMark, 'ending'> {
  readonly boundary: string
  /** The line ends of its delimiters. */
  readonly newline: string
  readonly offset: number
}

/** Why parts cannot be added. */
export interface NotAppendable {
  readonly why: string
}

/** The line ends of the first delimiter; in a message without any, of its first line. */
function newlineOf({ mime, source: { text } }: UserData): string {
  const [first] = mime?.children ?? []
  const closing = mime?.closing
  const from = first?.delimiter ?? (closing !== undefined && /[\r\n]/.test(text.slice(closing)) ? closing : 0)
  return /\r\n|\n|\r/.exec(text.slice(from))?.[0] ?? '\n'
}

/** Whether a line of this text would end a part of a message with this boundary: some readers look at how it begins only. */
const delimits = (text: string, boundary: string): boolean =>
  text.startsWith(`--${boundary}`) || text.includes(`\n--${boundary}`)

/**
 * Where our parts go in a document that is itself multipart; or why they cannot; undefined for every other document. Readers are
 * strict: Go's knows a delimiter only by the line end before it and behind it that the first one has.
 */
export function appendingPoint(
  userData: UserData,
  { boothook, script }: Scripts,
): AppendingPoint | NotAppendable | undefined {
  const { mime, format, source } = userData
  if (mime === undefined || format !== 'mime' || !mime.contentType.startsWith('multipart/')) return undefined
  const { boundary, closing } = mime
  if (boundary === undefined || boundary === '') return { why: 'it names no boundary' }
  // A delimiter behind it could be read as one more header.
  if (mime.bodyStart === source.text.length && !/(\r\n|\n|\r)\1$/.test(source.text)) {
    return { why: 'its headers do not end' }
  }
  const newline = newlineOf(userData)
  const end = closing ?? source.text.length
  const joined = !'\r\n'.includes(source.text[end - 1] ?? ' ')
  if (!joined && !source.text.endsWith(newline, end)) {
    return { why: 'its last line does not end as its delimiters do' }
  }
  if (delimits(boothook, boundary) || delimits(script, boundary)) {
    return { why: `a line of the injected parts begins with its delimiter, --${boundary}` }
  }
  const ending = closing === undefined ? { joined, parts: mime.children.length } : undefined
  return { boundary, newline, offset: end, ending }
}
