import { encodeBase64, MIME_LINES } from '../base64.ts'
import { digestOf } from '../digest.ts'
import type { MimeEntity } from '../mime.ts'
import { type Replacement, rangeOf, replaced } from '../text-range.ts'
import { bytesOf, type UserData } from '../user-data.ts'
import { type Carrier, carrierOf, headerLines, isPristine, operatorBytes } from './carrier.ts'
import { COMMENTED, type EnvelopeMark, type Form, GUEST_PART, MARK, readEnvelopeMark, START_PART } from './marks.ts'
import { edited, type Opened } from './opened.ts'
import { restoreNumbered } from './restore-lines.ts'

/** What 0.1.0 wrote: an envelope around every document, with one digest over all that is not the operator's. */
interface FirstMark extends EnvelopeMark {
  readonly digest: string
}

function readFirstMark(value: string | undefined): FirstMark | undefined {
  const [, envelope, digest] = /^(.+?)\s*;\s*parts=([0-9a-f]{16})$/.exec(value ?? '') ?? []
  const mark = readEnvelopeMark(envelope)
  return mark === undefined || digest === undefined ? undefined : { ...mark, digest }
}

const isOurs = ({ contentType, filename = '' }: MimeEntity): boolean =>
  (contentType === 'text/cloud-boothook' && filename === GUEST_PART) ||
  (contentType === 'text/x-shellscript' && filename.replace(/^z+/, '') === START_PART)

/** Our parts as they were written, one behind the other. */
function ownText({ ours, mime, userData: { source } }: Carrier): string {
  const parts = ours.map(({ entity }) => `--${mime.boundary}\n${source.text.slice(entity.start, entity.end)}\n`)
  return `${parts.join('')}--${mime.boundary}--\n`
}

/** The operator's part of an envelope, with these bytes in it. */
function written({ theirs: [part], userData }: Carrier, form: Form, bytes: Uint8Array): readonly Replacement[] {
  if (part === undefined) return []
  const { entity } = part
  const start = form === '7bit' || form === 'base64' ? entity.bodyStart : entity.start
  const end = form === 'open' ? part.end : entity.end
  const text = Buffer.from(bytes).toString(userData.charset === 'latin1' ? 'latin1' : 'utf8')
  return [{ start, end, words: form === 'base64' ? encodeBase64(bytes, MIME_LINES) : text }]
}

/** Takes out what 0.1.0 injected. Parts that other programs added to its envelope stay, and so does the envelope around them. */
export function openFirstMultipart(userData: UserData): Opened | undefined {
  const { mime, source, charset } = userData
  const mark = readFirstMark(mime?.headers.get(MARK.toLowerCase()))
  if (mime?.boundary === undefined || mark === undefined) return undefined
  const { version, form, digest } = mark
  const carrier = carrierOf(userData, mime, isOurs)
  const { ours, theirs } = carrier
  const lines = mime.headers.get(COMMENTED.toLowerCase()) ?? ''
  const intact = digestOf(ownText(carrier) + lines) === digest
  const start = ours[0]?.start ?? mime.start
  const edits = intact ? [] : [edited('the injected parts were edited by hand', source, start)]
  const inner = operatorBytes(carrier, form)
  const restored = inner === undefined || lines === '' ? inner : restoreNumbered(inner, lines)
  if (inner === undefined) {
    edits.push(edited("the base64 of the operator's document is damaged", source, theirs[0]?.entity.bodyStart ?? 0))
  }
  if (typeof restored === 'string') edits.push(edited(restored, source, theirs[0]?.entity.start ?? 0))
  const bytes = typeof restored === 'string' ? inner : restored
  const opened = { version, layout: 'multipart' as const, own: ours.map(rangeOf), edits }
  if (bytes !== undefined && isPristine(carrier, form)) return { ...opened, bytes }
  const heads = [MARK, COMMENTED].flatMap(name => headerLines(source.text, mime, name))
  const gone = [...heads, ...ours].map(range => ({ ...rangeOf(range), words: '' }))
  const kept = bytes === undefined || lines === '' ? [] : written(carrier, form, bytes)
  const all = [...gone, ...kept].sort((a, b) => a.start - b.start)
  return { ...opened, bytes: bytesOf(replaced(source.text, all), charset) }
}
