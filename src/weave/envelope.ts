import { encodeBase64 } from '../decode/base64.ts'
import { leavesOf } from '../decode/mime.ts'
import { bytesOf, type UserData } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { VERSION } from '../version.ts'
import { type Commented, comment, formatLines } from './comments.ts'
import { digestOf } from './digest.ts'

/**
 * How the operator's document travels inside the envelope: as text, in base64, or, when it is MIME itself, nested as it is.
 * `open` is MIME without its closing delimiter: its last line break is part of its last part.
 */
export type OperatorForm = 'none' | '7bit' | 'base64' | 'verbatim' | 'open'

/** What our two parts carry. */
type Scripts = Pick<Injection, 'boothook' | 'script'>

/** The header by which an envelope of ours is recognised again. */
export const HEADER = 'X-Consul-VM-Inject'
/** The header that says which lines of the operator's are comments. */
export const LINES: string = `${HEADER}-Commented`
export const GUEST_PART = 'consul-vm-inject-guest'
const START_PART = '-consul-vm-inject-start'
/** The name of the final script where nothing of the operator's stands beside it. */
export const START: string = `zz${START_PART}`

/** Printable ASCII, tabs and line feeds: what a 7bit part carries without loss through every parser. */
const isPlain = (text: string): boolean => /^[\t\n\x20-\x7e]*$/.test(text)

function formOf(userData: UserData, text: string): OperatorForm {
  if (userData.bytes.length === 0) return 'none'
  if (userData.mime !== undefined) return !userData.mime.closed && text.endsWith('\n') ? 'open' : 'verbatim'
  return isPlain(text) ? '7bit' : 'base64'
}

/** The operator's part, headers included. A document that is itself MIME brings its own headers. */
function operatorPart(form: OperatorForm, text: string, bytes: Uint8Array): string {
  const headers = (charset: string, encoding: string): string =>
    `Content-Type: text/plain; charset="${charset}"\nMIME-Version: 1.0\nContent-Transfer-Encoding: ${encoding}\n\n`
  if (form === 'verbatim' || form === 'open') return Buffer.from(bytes).toString('latin1')
  if (form === '7bit') return headers('us-ascii', '7bit') + text
  return headers('utf-8', 'base64') + encodeBase64(bytes, { width: 76, newline: '\n', end: '' })
}

function ownPart(type: string, name: string, content: string): string {
  return (
    `Content-Type: ${type}; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n` +
    `Content-Disposition: attachment; filename="${name}"\n\n${content}`
  )
}

/**
 * A name for the final script that sorts after every script of the operator's: it begins with one more z than any of theirs. The
 * names in an archive stand somewhere in its text.
 */
function startName({ mime, documents }: UserData): string {
  const names = mime === undefined ? [] : leavesOf(mime).flatMap(({ filename }) => filename ?? [])
  const archives = documents.filter(({ renders }) => renders === 'cloud-config-archive')
  const words = archives.flatMap(({ source, start, end }) => source.text.slice(start, end).match(/[\w./()-]+/g) ?? [])
  // As cloud-init stores them.
  const stored = [...names, ...words].map(name => name.replaceAll('/', '_').replace(/[^\w.()-]/g, ''))
  const count = stored.reduce((most, name) => Math.max(most, name.search(/[^z]|$/) + 1), 2)
  return 'z'.repeat(Math.min(count, 200)) + START_PART
}

/** Our parts as one text, from the delimiter after the operator's part to the closing one. */
export function ownParts(boundary: string, start: string, { boothook, script }: Scripts): string {
  const parts = [ownPart('text/cloud-boothook', GUEST_PART, boothook), ownPart('text/x-shellscript', start, script)]
  return `${parts.map(part => `--${boundary}\n${part}\n`).join('')}--${boundary}--\n`
}

/** A boundary that depends on nothing but the content, and stands nowhere in it. */
export function boundaryFor(content: string, { boothook, script }: Scripts): string {
  for (let round = 0; ; round++) {
    const boundary = `==consul-vm-inject-${digestOf(`${round}\n${content}\n${boothook}\n${script}`)}==`
    if (!content.includes(boundary)) return boundary
  }
}

/** The lines that became comments, as the header says them; empty when there are none. */
const linesOf = ({ lines, appended }: Commented): string =>
  lines.length === 0 ? '' : `${formatLines(lines)}${appended > 0 ? `; appended=${appended}` : ''}`

const headerOf = (name: string, value: string): string => (value === '' ? '' : `${name}: ${value}\n`)

/**
 * UserData + Injection -> user-data bytes: `multipart/mixed` with the operator's document first and as it is, then the boothook
 * that installs the guest files and the script that starts the sidecar. These two types merge with nothing, so they can neither
 * shadow nor be shadowed. Same input, same bytes.
 */
export function weave(userData: UserData, cuts: readonly number[], injection: Injection): Uint8Array {
  const commented = comment(userData.source, cuts, userData.format !== 'mime')
  const bytes = cuts.length === 0 ? userData.bytes : bytesOf(commented.text, userData.charset)
  const form = formOf(userData, commented.text)
  const operator = form === 'none' ? '' : operatorPart(form, commented.text, bytes)
  const boundary = boundaryFor(operator, injection)
  const own = ownParts(boundary, startName(userData), injection)
  const lines = linesOf(commented)
  const head =
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n` +
    `${HEADER}: ${VERSION}; operator=${form}; parts=${digestOf(own + lines)}\n${headerOf(LINES, lines)}\n`
  const first = form === 'none' ? '' : `--${boundary}\n${operator}${form === 'open' ? '' : '\n'}`
  // Latin-1 keeps every byte of a verbatim part; all the rest is ASCII.
  return Uint8Array.from(Buffer.from(head + first + own, 'latin1'))
}
