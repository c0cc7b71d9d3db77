import { digestOf } from '../decode/digest.ts'
import { type CarriedFile, carriedFiles } from '../decode/injection/carried-files.ts'
import { leavesOf } from '../decode/mime.ts'
import { type Replacement, replaced, type TextRange } from '../decode/text-range.ts'
import type { EarlierInjection, UserData } from '../decode/user-data.ts'
import { elided } from './elided.ts'
import { masked } from './mask/mask.ts'

/** A text twice: as it is, to be compared, and with its secrets masked, to be shown. Both have the same lines. */
export interface Readable {
  readonly raw: string
  readonly shown: string
}

/** User-data as a reader wants it: what is packed is unpacked, or said in a few words. */
export interface Contents extends Readable {
  readonly name: string
  readonly wrappings: readonly ('base64' | 'gzip')[]
  /** Undefined when the user-data is not injected, or its injection can no longer be read. */
  readonly injection: Pick<EarlierInjection, 'version' | 'layout'> | undefined
  /** The files that the injection brings. */
  readonly files: readonly CarriedFile[]
}

/** What no text has: such bytes are not shown. */
const BINARY = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/

const bodyOf = (text: string): string =>
  BINARY.test(text) ? `(${text.length} characters that are not text, digest ${digestOf(text)})` : text

/** Parts of a MIME message that travel in base64 or quoted-printable, decoded, and their headers that say so. */
function decodedParts({ mime, documents, source: { text } }: UserData): readonly Replacement[] {
  if (mime === undefined) return BINARY.test(text) ? [{ start: 0, end: text.length, words: bodyOf(text) }] : []
  return leavesOf(mime).flatMap((leaf, index): readonly Replacement[] => {
    const document = documents[index]
    if (document === undefined || document.editable) return []
    const header = /^content-transfer-encoding:[^\r\n]*/im.exec(text.slice(leaf.start, leaf.bodyStart))
    const at = header === null ? undefined : leaf.start + header.index + header[0].length
    return [
      ...(at === undefined ? [] : [{ start: at, end: at, words: ' (shown decoded)' }]),
      { start: leaf.bodyStart, end: leaf.end, words: bodyOf(document.source.text) },
    ]
  })
}

/** Where the text is cut for masking: a document of the operator's is read by itself. */
function cutsOf({ mime, source: { text } }: UserData, own: readonly TextRange[]): readonly number[] {
  const leaves = mime === undefined ? [] : leavesOf(mime).flatMap(({ bodyStart, end }) => [bodyStart, end])
  return [...new Set([0, ...leaves, ...own.flatMap(({ start, end }) => [start, end]), text.length])].sort(
    (a, b) => a - b,
  )
}

/** Replacements that stand in a stretch of the text, as offsets into that; what takes no room belongs where it begins. */
function within({ start, end }: TextRange, replacements: readonly Replacement[]): readonly Replacement[] {
  return replacements
    .filter(range => range.start >= start && range.end <= end && range.start < Math.max(end, start + 1))
    .map(({ words, ...range }) => ({ start: range.start - start, end: range.end - start, words }))
}

const withLineFeed = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** The operator's text masked as one, with the tool's own stretches put in again where they stood. */
function spliced(text: string, own: readonly TextRange[], replacements: readonly Replacement[]): Readable {
  let theirs = ''
  let at = 0
  const places = own.map(range => {
    theirs += text.slice(at, range.start)
    at = range.end
    return { at: theirs.length, words: replaced(text.slice(range.start, range.end), within(range, replacements)) }
  })
  theirs += text.slice(at)
  const [raw, shown] = [theirs.split('\n'), masked(theirs).split('\n')]
  // From the end, so that the places before stay where they are.
  for (const { at: offset, words } of places.toReversed()) {
    const line = theirs.slice(0, offset).split('\n').length - 1
    const column = offset - (theirs.lastIndexOf('\n', offset - 1) + 1)
    for (const lines of [raw, shown])
      lines[line] = `${lines[line]?.slice(0, column)}${words}${lines[line]?.slice(column)}`
  }
  return { raw: raw.join('\n'), shown: shown.join('\n') }
}

/** Each document by itself, and the tool's own parts as they are. */
function piecewise(userData: UserData, own: readonly TextRange[], replacements: readonly Replacement[]): Readable {
  const { text } = userData.source
  const cuts = cutsOf(userData, own)
  const pieces: Readable[] = []
  let next = 0
  for (const [index, start] of cuts.slice(0, -1).entries()) {
    const end = cuts[index + 1] ?? start
    const here: Replacement[] = []
    for (let one = replacements[next]; one !== undefined && one.start < end; one = replacements[++next]) here.push(one)
    const raw = replaced(text.slice(start, end), within({ start, end }, here))
    pieces.push({ raw, shown: own.some(range => range.start <= start && end <= range.end) ? raw : masked(raw) })
  }
  return { raw: pieces.map(({ raw }) => raw).join(''), shown: pieces.map(({ shown }) => shown).join('') }
}

/** Reads user-data for the preview, an injection in it included. The last line has its line feed, whether or not there was one. */
export function contentsOf(userData: UserData): Contents {
  const { name, wrappings, earlier } = userData
  const carrier = earlier?.carrier ?? userData
  const carried = earlier && carriedFiles(earlier)
  const own = earlier?.own ?? []
  const shortened = earlier === undefined || carried === undefined ? [] : elided(earlier, carried)
  const replacements = [...decodedParts(carrier), ...shortened].sort((a, b) => a.start - b.start)
  const { raw, shown } =
    earlier?.layout === 'cloud-config'
      ? spliced(carrier.source.text, own, replacements)
      : piecewise(carrier, own, replacements)
  return {
    name,
    wrappings: wrappings.map(({ kind }) => kind),
    raw: withLineFeed(raw),
    shown: withLineFeed(shown),
    injection: carried && earlier,
    files: carried?.files ?? [],
  }
}
