import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { oncePer } from '../report/once-per.ts'
import type { Source } from '../report/source.ts'
import { type Base64Layout, encodeBase64 } from './base64.ts'
import { latin1Of } from './bytes.ts'
import { type Format, formatOf, formatOfPart, looksLikeMime } from './format.ts'
import { isGzip, UNPACKED_LIMIT, unpackGzip } from './gzip.ts'
import { leavesOf, type MimeEntity, PART_LIMIT, parseMime } from './mime.ts'
import { packGzip } from './pack-gzip.ts'
import { readAsPyYaml } from './pyyaml.ts'
import type { TextRange } from './text-range.ts'
import { utf8Of } from './utf8.ts'
import type { YamlReading } from './yaml-node.ts'

/** What was taken off the outside of the input, outermost first, so that the output can wear it again. */
export type Wrapping = { readonly kind: 'base64'; readonly layout: Base64Layout } | { readonly kind: 'gzip' }

/** One document inside the user-data: the whole of it, or a leaf of a MIME message. */
export interface Document {
  readonly source: Source
  /** Where it stands in the source. */
  readonly start: number
  readonly end: number
  readonly format: Format
  /** For a jinja template what it renders to; else the same as `format`. */
  readonly renders: Format
  /** Whether lines of it can be turned into comments in place: its text stands in the user-data as it is. */
  readonly editable: boolean
  /** Whether its bytes are UTF-8, as cloud-init wants a cloud-config. */
  readonly isUtf8: boolean
}

/** User-data as cloud-init will see it, with the wrappings taken off. */
export interface UserData {
  readonly name: string
  readonly wrappings: readonly Wrapping[]
  readonly bytes: Uint8Array
  /** The bytes as text: UTF-8, or Latin-1 (one character a byte) when they are not UTF-8. */
  readonly source: Source
  readonly charset: 'utf-8' | 'latin1'
  readonly format: Format
  readonly mime: MimeEntity | undefined
  readonly documents: readonly Document[]
  /** The injection that was taken off as the innermost wrapping; undefined where there was none. */
  readonly earlier: EarlierInjection | undefined
}

/** How an injection travels: as parts of its own, or inside the operator's one cloud-config. */
export type Layout = 'multipart' | 'cloud-config'

/** An injection that the user-data carried when it was read. */
export interface EarlierInjection {
  /** The version of the tool that injected. */
  readonly version: string
  readonly layout: Layout
  /** The document with the injection in it. */
  readonly carrier: UserData
  /** What of its text is the tool's own, in order. */
  readonly own: readonly TextRange[]
  /** What somebody changed inside the injection (E102). */
  readonly edits: readonly Diagnostic[]
}

/** A document read as PyYAML reads it. Offsets are from where the document begins. */
export const yamlOf: (document: Document) => YamlReading = oncePer(({ source, start, end }: Document) =>
  readAsPyYaml(source.text.slice(start, end)),
)

export interface Decoding {
  readonly userData: UserData
  readonly diagnostics: readonly Diagnostic[]
}

/** Bytes as text: UTF-8, or Latin-1 when they are not UTF-8. */
export function textOf(bytes: Uint8Array): { text: string; charset: 'utf-8' | 'latin1' } {
  const text = utf8Of(bytes)
  if (text !== undefined) return { text, charset: 'utf-8' }
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'), charset: 'latin1' }
}

const encoder = new TextEncoder()

/** Text as bytes again, in the charset it was read in. */
export const bytesOf = (text: string, charset: 'utf-8' | 'latin1'): Uint8Array =>
  charset === 'latin1' ? latin1Of(text) : encoder.encode(text)

/** Puts the wrappings on again, innermost first. */
export function wrap(bytes: Uint8Array, wrappings: readonly Wrapping[]): Uint8Array {
  return wrappings.reduceRight<Uint8Array>(
    (inner, wrapping) =>
      wrapping.kind === 'gzip' ? packGzip(inner) : bytesOf(encodeBase64(inner, wrapping.layout), 'utf-8'),
    bytes,
  )
}

/** A document that stands in a source from `start` to `end`. */
export function documentOf(
  source: Source,
  start: number,
  end: number,
  format: Format,
  editable: boolean,
  isUtf8 = true,
): Document {
  const text = source.text.slice(start, end)
  const template = formatOf(text) === 'jinja' ? text.slice(text.indexOf('\n') + 1 || text.length) : text
  const renders = format === 'jinja' ? formatOf(template) : format
  return { source, start, end, format, renders, editable, isUtf8 }
}

/** What a character means as a hexadecimal digit; NaN when it is none. */
const digit = (text: string, at: number): number =>
  /[0-9A-Fa-f]/.test(text[at] ?? '') ? Number.parseInt(text[at] ?? '', 16) : Number.NaN

function decodeQuotedPrintable(text: string): Uint8Array {
  const joined = text.replace(/(?<![ \t])[ \t]*=(?:\r\n|\n)/g, '')
  const bytes = new Uint8Array(joined.length)
  let length = 0
  for (let at = 0; at < joined.length; at++) {
    const code = joined.charCodeAt(at)
    const byte = code === 0x3d ? digit(joined, at + 1) * 16 + digit(joined, at + 2) : Number.NaN
    if (!Number.isNaN(byte)) at += 2
    bytes[length++] = Number.isNaN(byte) ? code : byte
  }
  return bytes.subarray(0, length)
}

/** A leaf of a MIME message: read in place when it stands as it is, else decoded into a source of its own, of at most `limit` bytes. */
function leafDocument(source: Source, leaf: MimeEntity, number: number, limit: number): Document {
  const raw = source.text.slice(leaf.bodyStart, leaf.end)
  if (!['base64', 'quoted-printable'].includes(leaf.encoding)) {
    return documentOf(source, leaf.bodyStart, leaf.end, formatOfPart(leaf.contentType, raw), true)
  }
  // Stray characters in base64 are skipped, as Python's e-mail parser does.
  const bytes = leaf.encoding === 'base64' ? Buffer.from(raw, 'base64') : decodeQuotedPrintable(raw)
  const unpacked = isGzip(bytes) ? unpackGzip(bytes, limit) : undefined
  const { text, charset } = textOf(unpacked?.ok === true ? unpacked.bytes : bytes)
  const label = leaf.filename === undefined ? `part ${number}` : `part ${number}: ${leaf.filename}`
  const inner: Source = { name: `${source.name} (${label})`, text }
  const format = unpacked?.ok === true ? formatOf(text) : formatOfPart(leaf.contentType, text)
  return documentOf(inner, 0, text.length, format, false, charset === 'utf-8')
}

/** The leaves of a MIME message. Together their gzip unpacks to no more than one document may. */
function leafDocuments(source: Source, mime: MimeEntity): readonly Document[] {
  let left = UNPACKED_LIMIT
  return leavesOf(mime).map((leaf, index) => {
    const document = leafDocument(source, leaf, index + 1, left)
    if (document.source !== source) left -= document.source.text.length
    return document
  })
}

/** Reads user-data that wears no wrappings: what cloud-init finds once they are off. An injection in it is left there. */
export function decodeBare(bytes: Uint8Array, name: string, wrappings: readonly Wrapping[] = []): Decoding {
  const { text, charset } = textOf(bytes)
  const source: Source = { name, text }
  const mime = looksLikeMime(bytes) ? parseMime(text) : undefined
  if (mime?.tooMany) {
    const hint = 'no machine needs as many: give another file'
    const refusal = diagnostic('E108', `${name} has more than ${PART_LIMIT} MIME parts`, { hint })
    return { userData: decodeBare(new Uint8Array(), name).userData, diagnostics: [refusal] }
  }
  // A document that merely mentions MIME-Version has no headers: it is one part, taken for what it begins with.
  const plain = mime === undefined || mime.headers.size === 0
  const start = mime?.bodyStart ?? 0
  const format = plain ? formatOf(text.slice(start)) : 'mime'
  const isUtf8 = charset === 'utf-8'
  const documents = plain ? [documentOf(source, start, text.length, format, true, isUtf8)] : leafDocuments(source, mime)
  const userData: UserData = { name, wrappings, bytes, source, charset, format, mime, documents, earlier: undefined }
  return { userData, diagnostics: [] }
}
