/** How a base64 text is laid out: enough to write other bytes the same way. */
export interface Base64Layout {
  /** Characters a line; 0 for one line. */
  readonly width: number
  readonly newline: '\n' | '\r\n'
  /** White space before the first line and after the last. */
  readonly lead: string
  readonly end: string
}

/** All of it in one line. */
export const ONE_LINE: Base64Layout = { width: 0, newline: '\n', lead: '', end: '' }

/** As MIME wants it. */
export const MIME_LINES: Base64Layout = { width: 76, newline: '\n', lead: '', end: '' }

const CANDIDATE = /^\s*[A-Za-z0-9+/][A-Za-z0-9+/=\s]*$/
const ALPHABET = /^[A-Za-z0-9+/]+={0,2}$/

/** Base64 text of `bytes` in the given layout. */
export function encodeBase64(bytes: Uint8Array, { width, newline, lead, end }: Base64Layout): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  if (width === 0) return lead + text + end
  const lines: string[] = []
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lead + lines.join(newline) + end
}

/**
 * Bytes and layout of a text that is base64 and nothing else, or undefined. `exact` tells whether writing the bytes in that
 * layout gives the very same text back.
 */
export function decodeBase64(
  text: string,
): { readonly bytes: Uint8Array; readonly layout: Base64Layout; readonly exact: boolean } | undefined {
  // Most texts are none, which shows at their first sign or in their first line.
  if (!CANDIDATE.test(text)) return undefined
  const body = text.trim()
  const lines = body.split(/\r?\n/)
  const joined = lines.map(line => line.trim()).join('')
  if (joined.length % 4 !== 0 || !ALPHABET.test(joined)) return undefined
  const from = text.length - text.trimStart().length
  const layout: Base64Layout = {
    width: lines.length > 1 ? (lines[0]?.length ?? 0) : 0,
    newline: body.includes('\r\n') ? '\r\n' : '\n',
    lead: text.slice(0, from),
    end: text.slice(from + body.length),
  }
  const bytes = Uint8Array.from(Buffer.from(joined, 'base64'))
  return { bytes, layout, exact: encodeBase64(bytes, layout) === text }
}
