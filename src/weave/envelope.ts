import { encodeBase64, MIME_LINES } from '../decode/base64.ts'
import { latin1Of } from '../decode/bytes.ts'
import { formatCommented } from '../decode/injection/commented.ts'
import { type Form, formatEnvelopeMark, MARK } from '../decode/injection/marks.ts'
import { bytesOf, type UserData } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import { VERSION } from '../version.ts'
import { type AppendingPoint, appendingPoint } from './append.ts'
import { type Commenting, comment } from './comments.ts'
import { boundaryFor, delimited, ownParts, type Scripts, startName } from './parts.ts'
import type { Woven } from './woven.ts'

/** Printable ASCII, tabs and line feeds: what a 7bit part carries without loss through every parser. */
const isPlain = (text: string): boolean => /^[\t\n\x20-\x7e]*$/.test(text)

function formOf({ bytes, mime }: UserData, text: string): Form {
  if (bytes.length === 0) return 'none'
  if (mime === undefined) return isPlain(text) ? '7bit' : 'base64'
  const unclosed = mime.contentType.startsWith('multipart/') && mime.closing === undefined
  return unclosed && text.endsWith('\n') ? 'open' : 'verbatim'
}

/** The operator's part, headers included. A document that is itself MIME brings its own headers. */
function operatorPart(form: Form, text: string, bytes: Uint8Array): string {
  const headers = (charset: string, encoding: string): string =>
    `Content-Type: text/plain; charset="${charset}"\nMIME-Version: 1.0\nContent-Transfer-Encoding: ${encoding}\n\n`
  if (form === 'verbatim' || form === 'open') return Buffer.from(bytes).toString('latin1')
  if (form === '7bit') return headers('us-ascii', '7bit') + text
  return headers('utf-8', 'base64') + encodeBase64(bytes, MIME_LINES)
}

/** The head of an envelope. */
export const envelopeHead = (boundary: string, form: Form): string =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n` +
  `${MARK}: ${formatEnvelopeMark({ version: VERSION, form })}\n\n`

/** An envelope around the operator's document: that first and as it is, then our parts. */
function enveloped(userData: UserData, { text, lines }: Commenting, scripts: Scripts): Uint8Array {
  const bytes = lines.length === 0 ? userData.bytes : bytesOf(text, userData.charset)
  const form = formOf(userData, text)
  const operator = form === 'none' ? '' : operatorPart(form, text, bytes)
  const commented = formatCommented(lines)
  const parts = ownParts(scripts, { newline: '\n', start: startName(userData), commented, ending: undefined })
  const boundary = boundaryFor(operator, parts)
  const first = form === 'none' ? '' : `--${boundary}\n${operator}${form === 'open' ? '' : '\n'}`
  // Latin-1 keeps every byte of a verbatim part; all the rest is ASCII.
  return latin1Of(`${envelopeHead(boundary, form)}${first}${delimited(parts, boundary, '\n')}--${boundary}--\n`)
}

/** The operator's multipart message with our parts behind theirs; every byte of theirs stays where it was. */
function appended(
  userData: UserData,
  point: AppendingPoint,
  { text, lines }: Commenting,
  scripts: Scripts,
): Uint8Array {
  const { boundary, newline, ending } = point
  const commented = formatCommented(lines)
  const own = delimited(
    ownParts(scripts, { newline, start: startName(userData), commented, ending }),
    boundary,
    newline,
  )
  const offset = point.offset + text.length - userData.source.text.length
  const before = ending?.joined === true ? newline : ''
  const after = ending === undefined ? '' : `--${boundary}--${newline}`
  return bytesOf(text.slice(0, offset) + before + own + after + text.slice(offset), userData.charset)
}

/** A multipart that cannot be added to stands one level deeper than it did. */
function nested({ source, mime }: UserData, why: string): Diagnostic {
  const end = source.text.indexOf('\n', mime?.start)
  return diagnostic('W403', `this multipart document is nested one level deep: ${why}`, {
    span: spanOf(source, mime?.start ?? 0, end < 0 ? source.text.length : Math.max(1, end)),
    hint: 'programs other than cloud-init may look for their parts at the first level only: write the document anew, with a boundary of its own',
  })
}

/**
 * UserData + Injection -> user-data bytes with two parts of ours: the boothook that installs the guest files and the script that starts
 * the sidecar. These two types merge with nothing, so they can neither shadow nor be shadowed. A multipart document stays what it is,
 * with ours behind its own parts; every other becomes the first part of an envelope. Same input, same bytes.
 */
export function weave(userData: UserData, cuts: readonly number[], scripts: Scripts): Woven & { readonly ok: true } {
  const commenting = comment(userData, cuts)
  const point = appendingPoint(userData, scripts)
  if (point !== undefined && 'offset' in point) {
    return { ok: true, bytes: appended(userData, point, commenting, scripts), keys: [], diagnostics: [] }
  }
  const diagnostics = point === undefined ? [] : [nested(userData, point.why)]
  return { ok: true, bytes: enveloped(userData, commenting, scripts), keys: [], diagnostics }
}
