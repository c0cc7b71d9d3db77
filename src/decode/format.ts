/** The forms of user-data that cloud-init tells apart, by its own names. */
export type Format =
  | 'cloud-config'
  | 'cloud-config-archive'
  | 'cloud-config-jsonp'
  | 'script'
  | 'boothook'
  | 'include'
  | 'part-handler'
  | 'jinja'
  | 'mime'
  | 'empty'
  | 'unknown'

/** How a document begins, longest first: cloud-init takes the longest prefix, lower-cased, leading white space dropped. */
const OPENINGS: readonly (readonly [string, Format])[] = [
  ['#cloud-config-archive', 'cloud-config-archive'],
  ['#cloud-config-jsonp', 'cloud-config-jsonp'],
  ['## template: jinja', 'jinja'],
  ['#cloud-boothook', 'boothook'],
  ['#include-once', 'include'],
  ['#cloud-config', 'cloud-config'],
  ['#part-handler', 'part-handler'],
  ['#include', 'include'],
  ['#!', 'script'],
]

/** MIME types that a part may declare, and what they hold. Types not listed are trusted and left alone. */
const DECLARED: ReadonlyMap<string, Format> = new Map([
  ['text/cloud-config', 'cloud-config'],
  ['text/cloud-config-archive', 'cloud-config-archive'],
  ['text/cloud-config-jsonp', 'cloud-config-jsonp'],
  ['text/x-shellscript', 'script'],
  ['text/x-shellscript-per-boot', 'script'],
  ['text/x-shellscript-per-instance', 'script'],
  ['text/x-shellscript-per-once', 'script'],
  ['text/cloud-boothook', 'boothook'],
  ['text/x-include-url', 'include'],
  ['text/x-include-once-url', 'include'],
  ['text/part-handler', 'part-handler'],
  ['text/jinja2', 'jinja'],
])

/** Types whose declaration cloud-init does not trust: it looks at the start of the payload. */
const SNIFFED: ReadonlySet<string> = new Set(['text/plain', 'text/x-not-multipart', 'text/x-shellscript'])

/** What Python's `str.lstrip` takes off: a byte order mark stays. */
const LEADING_SPACE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/

/** The format of one document that is not MIME (`type_from_starts_with`). */
export function formatOf(text: string): Format {
  const head = text.replace(LEADING_SPACE, '').slice(0, 64).toLowerCase()
  if (head === '') return 'empty'
  return OPENINGS.find(([opening]) => head.startsWith(opening))?.[1] ?? 'unknown'
}

/** The format of a part with a declared type. */
export function formatOfPart(contentType: string, text: string): Format {
  const declared = DECLARED.get(contentType) ?? 'unknown'
  if (!SNIFFED.has(contentType)) return declared
  const seen = formatOf(text)
  return seen === 'unknown' || seen === 'empty' ? declared : seen
}

/** cloud-init parses as an e-mail message whatever has `mime-version:` in its first 4096 bytes, in any case. */
export const looksLikeMime = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096))
    .toString('latin1')
    .toLowerCase()
    .includes('mime-version:')
