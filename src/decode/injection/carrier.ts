import { decodeBase64 } from '../base64.ts'
import type { MimeEntity } from '../mime.ts'
import type { TextRange } from '../text-range.ts'
import { bytesOf, type UserData } from '../user-data.ts'
import type { Form } from './marks.ts'

/** A part at the first level of a message, from the line of the boundary before it up to the next such line. */
export interface Part extends TextRange {
  readonly entity: MimeEntity
}

/** A multipart message whose first level is told apart: what injection put there, and every other part. */
export interface Carrier {
  readonly userData: UserData
  readonly mime: MimeEntity
  readonly parts: readonly Part[]
  readonly ours: readonly Part[]
  readonly theirs: readonly Part[]
}

/** Tells the parts of a multipart message apart. */
export function carrierOf(userData: UserData, mime: MimeEntity, isOurs: (part: MimeEntity) => boolean): Carrier {
  const end = mime.closing ?? mime.end
  const parts = mime.children.map((entity, index) => {
    return { entity, start: entity.delimiter, end: mime.children[index + 1]?.delimiter ?? end }
  })
  const ours = parts.filter(({ entity }) => isOurs(entity))
  return { userData, mime, parts, ours, theirs: parts.filter(({ entity }) => !isOurs(entity)) }
}

const isBlank = (text: string): boolean => /^\s*$/.test(text)

/** Whether nothing but white space stands behind the closing delimiter. */
export function endsAtClosing({ mime, userData: { source } }: Carrier): boolean {
  if (mime.closing === undefined) return true
  const lineEnd = source.text.indexOf('\n', mime.closing)
  return lineEnd < 0 || isBlank(source.text.slice(lineEnd))
}

/** Whether a message is the envelope that injection made, and nothing was added to it since. */
export function isPristine(carrier: Carrier, form: Form): boolean {
  const { mime, parts, theirs, userData } = carrier
  const [first] = parts
  const preamble = userData.source.text.slice(mime.bodyStart, first?.start ?? mime.closing)
  const expected = form === 'none' || form === 'vendor-data' ? undefined : first
  return theirs.length <= 1 && theirs[0] === expected && isBlank(preamble) && endsAtClosing(carrier)
}

/** Where a part ends: one line break of the kind that the delimiters have is theirs, which need not be all that looks like one. */
function endOf({ userData: { source } }: Carrier, { entity, start, end }: Part): number {
  const [newline = ''] = /\r?\n$|\r$/.exec(source.text.slice(start, entity.start)) ?? []
  return source.text.endsWith(newline, end) && end - newline.length >= entity.end ? end - newline.length : entity.end
}

/** The bytes of the operator's document in an envelope; undefined when they are damaged. */
export function operatorBytes(carrier: Carrier, form: Form): Uint8Array | undefined {
  const { theirs, userData } = carrier
  const [part] = theirs
  if (part === undefined) return new Uint8Array()
  const { entity, end } = part
  const { text } = userData.source
  if (form === 'open') return bytesOf(text.slice(entity.start, end), userData.charset)
  if (form === 'verbatim') return bytesOf(text.slice(entity.start, endOf(carrier, part)), userData.charset)
  const raw = text.slice(entity.bodyStart, endOf(carrier, part))
  return entity.encoding === 'base64' ? decodeBase64(raw)?.bytes : bytesOf(raw, userData.charset)
}

/** The lines of a header, those that continue it included. */
export function headerLines(text: string, { start, bodyStart }: MimeEntity, name: string): readonly TextRange[] {
  const pattern = new RegExp(`^${name}:.*(?:\\r?\\n[ \\t].*)*(?:\\r?\\n|\\r|$)`, 'gim')
  return [...text.slice(start, bodyStart).matchAll(pattern)].map(({ index, 0: line }) => ({
    start: start + index,
    end: start + index + line.length,
  }))
}
