import type { Diagnostic } from '../../report/diagnostics.ts'
import type { MimeEntity } from '../mime.ts'
import { rangeOf, type TextRange, without } from '../text-range.ts'
import { bytesOf, decodeBare, type UserData } from '../user-data.ts'
import { type Carrier, carrierOf, endsAtClosing, headerLines, isPristine, operatorBytes } from './carrier.ts'
import { COMMENTED, type Ending, MARK, partDigest, readEnvelopeMark, readPartMark } from './marks.ts'
import { edited, type Opened } from './opened.ts'
import { restoreLines } from './restore-lines.ts'

const markOf = ({ headers }: MimeEntity): string | undefined => headers.get(MARK.toLowerCase())
const commentedOf = ({ headers }: MimeEntity): string => headers.get(COMMENTED.toLowerCase()) ?? ''

/** An envelope within the message bears a mark too, and is the operator's own document. */
const isOurs = (part: MimeEntity): boolean => part.boundary === undefined && markOf(part) !== undefined

/** Whether a part of ours is as it was made. */
function isIntact(part: MimeEntity, { source: { text } }: UserData): boolean {
  const mark = readPartMark(markOf(part))
  if (mark === undefined) return false
  const body = text.slice(part.bodyStart, part.end)
  return mark.digest === partDigest({ ...part, ending: mark.ending, commented: commentedOf(part), body })
}

function editsOf({ ours, userData, mime }: Carrier): readonly Diagnostic[] {
  const { source } = userData
  const changed = ours.filter(({ entity }) => !isIntact(entity, userData))
  const [first] = ours
  if (ours.length < 2) {
    const what = ours.length === 0 ? 'the injected parts are' : 'one of the injected parts is'
    return [edited(`${what} gone`, source, first?.start ?? mime.start)]
  }
  return changed.map(({ start }) => edited('the injected parts were edited by hand', source, start))
}

/** Our parts where they are the last ones, with what else injection put at the end of a document that had none. */
function tailOf(
  { parts, ours, mime, userData: { source } }: Carrier,
  ending: Ending | undefined,
): TextRange | undefined {
  const first = parts.length - ours.length
  const [start] = ours
  // Where other programs added parts, the message needs its end.
  if (ending?.parts !== first || start === undefined || parts[first] !== start) return undefined
  const delimiter = source.text.slice(start.start, start.entity.start)
  const [newline = ''] = /\r?\n$|\r$/.exec(delimiter) ?? []
  const joined = ending.joined && source.text.startsWith(newline, start.start - newline.length)
  return { start: start.start - (joined ? newline.length : 0), end: mime.end }
}

/** What of the text goes when the injection is taken out. */
function rangesOf(carrier: Carrier, ending: Ending | undefined): readonly TextRange[] {
  const { ours, mime, userData } = carrier
  const marks = headerLines(userData.source.text, mime, MARK)
  const tail = endsAtClosing(carrier) ? tailOf(carrier, ending) : undefined
  return [...marks, ...(tail === undefined ? ours : [tail])]
}

/**
 * Takes the injection out of a multipart message: out of the operator's own, to which it was added, or an envelope around their
 * document. What other programs added to either since stays; an envelope with such parts stays too, as the message that it is by then.
 */
export function openMultipart(userData: UserData): Opened | undefined {
  const { mime, source, charset, name, wrappings } = userData
  if (mime?.boundary === undefined) return undefined
  const carrier = carrierOf(userData, mime, isOurs)
  const { ours, theirs } = carrier
  const envelope = readEnvelopeMark(markOf(mime))
  const [first] = ours
  const mark = first && readPartMark(markOf(first.entity))
  const version = envelope?.version ?? mark?.version
  if (version === undefined && first === undefined) return undefined
  const edits = [...editsOf(carrier)]
  const pristine = envelope !== undefined && isPristine(carrier, envelope.form)
  const inner = pristine ? operatorBytes(carrier, envelope.form) : undefined
  if (pristine && inner === undefined) {
    const start = theirs[0]?.entity.bodyStart ?? mime.start
    edits.push(edited("the base64 of the operator's document is damaged", source, start))
  }
  const bytes = inner ?? bytesOf(without(source.text, rangesOf(carrier, mark?.ending)), charset)
  const opened = {
    version: version ?? 'unknown',
    layout: 'multipart' as const,
    own: ours.map(rangeOf),
    edits,
  }
  const lines = first === undefined ? '' : commentedOf(first.entity)
  if (lines === '') return { ...opened, bytes }
  const restored = restoreLines(decodeBare(bytes, name, wrappings).userData, lines)
  if (typeof restored !== 'string') return { ...opened, bytes: restored }
  return { ...opened, bytes, edits: [...edits, edited(restored, source, first?.start ?? mime.start)] }
}
