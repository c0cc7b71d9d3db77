import { leavesOf } from '../decode/mime.ts'
import type { UserData } from '../decode/user-data.ts'
import { type Carried, readCarried, type Stretch } from '../weave/carried.ts'
import { digestOf } from '../weave/digest.ts'
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
  /** Undefined when the user-data is not injected. */
  readonly carried: Carried | undefined
}

interface Replacement extends Stretch {
  readonly words: string
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
function cutsOf({ mime, source: { text } }: UserData, carried: Carried | undefined): readonly number[] {
  const leaves = mime === undefined ? [] : leavesOf(mime).flatMap(({ bodyStart, end }) => [bodyStart, end])
  const own = (carried?.own ?? []).flatMap(({ start, end }) => [start, end])
  return [...new Set([0, ...leaves, ...own, text.length])].sort((a, b) => a - b)
}

/** The first replacement that begins at an offset or behind it; they are in order. */
function firstFrom(replacements: readonly Replacement[], offset: number): number {
  let [low, high] = [0, replacements.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((replacements[middle]?.start ?? offset) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** A stretch of the text with what is said in place of parts of it. */
function replaced(text: string, { start, end }: Stretch, replacements: readonly Replacement[]): string {
  let result = ''
  let at = start
  for (let index = firstFrom(replacements, start); ; index++) {
    const replacement = replacements[index]
    // What takes no room belongs to the stretch that begins there.
    if (replacement === undefined || replacement.start >= Math.max(end, start + 1)) break
    if (replacement.end > end) continue
    result += text.slice(at, replacement.start) + replacement.words
    at = replacement.end
  }
  return result + text.slice(at, end)
}

const withLineFeed = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** The operator's text masked as one, with the tool's own stretches put in again where they stood. */
function spliced(text: string, own: readonly Stretch[], replacements: readonly Replacement[]): Readable {
  let theirs = ''
  let at = 0
  const places = own.map(stretch => {
    theirs += text.slice(at, stretch.start)
    at = stretch.end
    return { at: theirs.length, words: replaced(text, stretch, replacements) }
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
function piecewise(userData: UserData, carried: Carried | undefined, replacements: readonly Replacement[]): Readable {
  const cuts = cutsOf(userData, carried)
  const pieces = cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? start
    const raw = replaced(userData.source.text, { start, end }, replacements)
    const own = carried?.own.some(stretch => stretch.start <= start && end <= stretch.end) === true
    return { raw, shown: own ? raw : masked(raw) }
  })
  return { raw: pieces.map(({ raw }) => raw).join(''), shown: pieces.map(({ shown }) => shown).join('') }
}

/** Reads user-data for the preview. The last line has its line feed, whether or not the document ends with one. */
export function contentsOf(userData: UserData): Contents {
  const { name, wrappings, source } = userData
  const carried = readCarried(userData)
  const replacements = [...decodedParts(userData), ...(carried?.elided ?? [])].sort((a, b) => a.start - b.start)
  const { raw, shown } =
    carried?.layout === 'cloud-config'
      ? spliced(source.text, carried.own, replacements)
      : piecewise(userData, carried, replacements)
  return {
    name,
    wrappings: wrappings.map(({ kind }) => kind),
    raw: withLineFeed(raw),
    shown: withLineFeed(shown),
    carried,
  }
}
