import { decodeBase64 } from '../decode/base64.ts'
import { bytesOf, type UserData } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Source, spanOf, startsOfLines } from '../report/source.ts'
import { type Commented, parseLines, uncomment } from './comments.ts'
import { digestOf } from './digest.ts'
import { HEADER, LINES, type OperatorForm } from './envelope.ts'
import { stretchesIn } from './marks.ts'

export interface Unwoven {
  /** The operator's own bytes. */
  readonly bytes: Uint8Array
  /** The version of the tool that injected. */
  readonly version: string
  /** What was edited inside the injected document, if anything. */
  readonly diagnostics: readonly Diagnostic[]
}

const FORMS: readonly string[] = ['none', '7bit', 'base64', 'verbatim', 'open'] satisfies OperatorForm[]

/** What the header says was made a comment; undefined when it cannot be true of a text with so many lines. */
function commentedOf(header: string, count: number): Commented | undefined {
  const [, lines = '', appended = '0'] = /^([^;]*)(?:; appended=([34]))?$/.exec(header) ?? []
  const numbers = parseLines(lines, count)
  return numbers === undefined ? undefined : { lines: numbers, appended: Number(appended) }
}

/** The operator's own bytes again, or what was edited. */
function restore(name: string, bytes: Uint8Array, header: string): Uint8Array | string {
  if (header === '') return bytes
  const inner: Source = { name, text: Buffer.from(bytes).toString('latin1') }
  const commented = commentedOf(header, startsOfLines(inner).length)
  if (commented === undefined) return `the header ${LINES} does not fit the operator's document`
  const restored = uncomment(inner, commented)
  return typeof restored === 'string'
    ? bytesOf(restored, 'latin1')
    : `line ${restored} of the operator's document is no longer the comment that injection made of it`
}

const HINT = 'inject the original document again, or take the parts out with `consul-vm-inject uninject --force`'

/** Takes the injection out of one cloud-config; undefined when there is none in it. */
function unspliced(userData: UserData): Unwoven | undefined {
  const { source, charset } = userData
  const stretches = stretchesIn(userData)
  const [first] = stretches
  if (first === undefined) return undefined
  const diagnostics: Diagnostic[] = []
  let text = ''
  let at = 0
  for (const { start, end, intact } of stretches) {
    text += source.text.slice(at, start)
    at = end
    if (intact) continue
    const why =
      intact === undefined ? 'the mark that ends the injected lines is gone' : 'the injected lines were edited by hand'
    const from = source.text.indexOf('#', start)
    diagnostics.push(
      diagnostic('E102', why, { span: spanOf(source, from, source.text.indexOf('\n', from)), hint: HINT }),
    )
  }
  text += source.text.slice(at)
  const restored = restore(source.name, bytesOf(text, charset), first.commented)
  if (typeof restored !== 'string') return { bytes: restored, version: first.version, diagnostics }
  diagnostics.push(diagnostic('E102', restored, { span: spanOf(source, first.start, first.end), hint: HINT }))
  return { bytes: bytesOf(text, charset), version: first.version, diagnostics }
}

/** Takes the injection out again; undefined when there is none in the user-data. */
export function unweave(userData: UserData): Unwoven | undefined {
  const { mime, source, charset } = userData
  const marker = mime?.headers.get(HEADER.toLowerCase())
  if (mime === undefined || marker === undefined || mime.boundary === undefined) return unspliced(userData)
  const [version = '', form, digest] = marker.split(';').map(item => item.trim().replace(/^\w+=/, ''))
  if (form === undefined || !FORMS.includes(form)) return undefined
  const operator = form === 'none' ? undefined : mime.children[0]
  const lines = mime.headers.get(LINES.toLowerCase()) ?? ''
  // Exactly one line feed of ours stands between the operator's document and the delimiter; none behind an open one.
  const end =
    operator === undefined ? mime.bodyStart - 1 : source.text.indexOf(`\n--${mime.boundary}`, operator.start - 1)
  const ownStart = end < 0 ? mime.end : end + 1
  const own = source.text.slice(ownStart)
  const diagnostics: Diagnostic[] = []
  const edited = (message: string, from: number, to: number): void => {
    diagnostics.push(diagnostic('E102', message, { span: spanOf(source, from, Math.max(from + 1, to)), hint: HINT }))
  }
  if (digestOf(own + lines) !== digest) {
    edited('the injected parts were edited by hand', ownStart, source.text.indexOf('\n', ownStart))
  }
  if (operator === undefined) return { bytes: new Uint8Array(), version, diagnostics }
  const nested = form === 'verbatim' || form === 'open'
  const raw = source.text.slice(nested ? operator.start : operator.bodyStart, form === 'open' ? ownStart : ownStart - 1)
  const bytes = form === 'base64' ? decodeBase64(raw)?.bytes : bytesOf(raw, charset)
  if (bytes === undefined) edited("the base64 of the operator's document is damaged", operator.bodyStart, ownStart - 1)
  const restored = restore(source.name, bytes ?? new Uint8Array(), bytes === undefined ? '' : lines)
  if (typeof restored !== 'string') return { bytes: restored, version, diagnostics }
  edited(restored, operator.start, operator.bodyStart)
  return { bytes: bytes ?? new Uint8Array(), version, diagnostics }
}
