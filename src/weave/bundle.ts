import { inflateSync } from 'node:zlib'
import { UNPACKED_LIMIT } from '../decode/gzip.ts'
import type { GuestFile } from '../render/injection.ts'

/** The contents of files in a boothook's text. Offsets of UTF-16 units, end exclusive. */
export interface Content {
  readonly start: number
  readonly end: number
  /** How many files are packed in it; undefined where it is the text of one. */
  readonly packed?: number
}

/** The files that a boothook installs, and where in its text they stand. */
export interface Bundle {
  readonly files: readonly GuestFile[]
  readonly contents: readonly Content[]
}

const SEGMENTS = /(?<=<<'END-OF-SEGMENTS'[^\n]*\n)[\s\S]*?(?=^END-OF-SEGMENTS$)/m
const HEADER = /^=== ([^\n]*)\n/gm
const OF_A_FILE = /^([0-7]{4}) (\/\S*)( once)?$/
/** What version 0.1.0 wrote: JSON, deflated, in base64. */
const EARLIER = /(?<=^BUNDLE = """\n|<<'END-OF-BUNDLE' [^\n]*\n)[A-Za-z0-9+/=\n]+(?=\n"""$|\nEND-OF-BUNDLE$)/m

const unpacked = (base64: string): string =>
  inflateSync(Buffer.from(base64, 'base64'), { maxOutputLength: UNPACKED_LIMIT }).toString('utf8')

/** The files of a text of segments, which begins at an offset. Throws where something packed is damaged. */
function filesIn(text: string, offset: number): Bundle {
  const headers = [...text.matchAll(HEADER)]
  const bundles = headers.map((header, index): Bundle => {
    const start = header.index + header[0].length
    const end = headers[index + 1]?.index ?? text.length
    const content = text.slice(start, end)
    const place = { start: offset + start, end: offset + end - 1 }
    if (header[1] === 'packed') {
      const { files } = filesIn(unpacked(content), 0)
      return { files, contents: [{ ...place, packed: files.length }] }
    }
    const [, mode, path, once] = OF_A_FILE.exec(header[1] ?? '') ?? []
    // Others are no files: what a fleet needs to decide.
    if (mode === undefined || path === undefined) return { files: [], contents: [] }
    return { files: [{ path, mode, content, once: once !== undefined }], contents: [place] }
  })
  // What is packed is installed first, so that of two files for one path the document's own counts.
  const isPacked = (_: Bundle, index: number): boolean => headers[index]?.[1] === 'packed'
  const inOrder = [...bundles.filter(isPacked), ...bundles.filter((bundle, index) => !isPacked(bundle, index))]
  const byPath = new Map(inOrder.flatMap(({ files }) => files).map(file => [file.path, file]))
  return { files: [...byPath.values()], contents: bundles.flatMap(({ contents }) => contents) }
}

function isGuestFile(value: unknown): value is GuestFile {
  const { path, mode, content, once } = (value ?? {}) as Readonly<Record<string, unknown>>
  const texts = [path, mode, content].every(text => typeof text === 'string')
  return texts && typeof once === 'boolean' && /^[0-7]{4}$/.test(String(mode))
}

function filesOfEarlier({ 0: text, index }: RegExpExecArray): Bundle | undefined {
  const files: unknown = JSON.parse(unpacked(text))
  if (!Array.isArray(files) || !files.every(isGuestFile)) return undefined
  return { files, contents: [{ start: index, end: index + text.length, packed: files.length }] }
}

/** The files that a boothook of this tool installs; undefined when it holds none or they cannot be unpacked. */
export function readBundle(boothook: string): Bundle | undefined {
  const [segments, earlier] = [SEGMENTS.exec(boothook), EARLIER.exec(boothook)]
  try {
    if (segments !== null) return filesIn(segments[0], segments.index)
    return earlier === null ? undefined : filesOfEarlier(earlier)
  } catch {
    return undefined
  }
}
