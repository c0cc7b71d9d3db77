import { inflateSync } from 'node:zlib'
import { UNPACKED_LIMIT } from '../gzip.ts'
import type { TextRange } from '../text-range.ts'

/** One file on the guest. Owned by root. */
export interface GuestFile {
  readonly path: string
  /** Octal, four digits: `0644`. */
  readonly mode: string
  readonly content: string
  /** Written once an instance, so that the operator can edit or delete it; other files are kept as they are here. */
  readonly once: boolean
}

/** Files that are packed in a text, and where in it they stand. */
export interface PackedFiles extends TextRange {
  readonly files: readonly GuestFile[]
}

/** What a boothook installs: all of it, and what of that is packed. */
export interface BoothookFiles {
  readonly files: readonly GuestFile[]
  readonly packed: readonly PackedFiles[]
}

/** How 0.1.0 packed: JSON, deflated, in base64. */
const BUNDLE = /(?<=^BUNDLE = """\n|<<'END-OF-BUNDLE' [^\n]*\n)[A-Za-z0-9+/=\n]+(?=\n"""$|\nEND-OF-BUNDLE$)/m
const SEGMENT = /^=== (?:(packed)|([0-7]{4}) (\S+)( once)?|.*)\n/gm
const HERE_DOCUMENT = /<<'([\w-]+)'[^\n]*\n(?==== )/

function isGuestFile(value: unknown): value is GuestFile {
  const { path, mode, content, once } = (value ?? {}) as Readonly<Record<string, unknown>>
  const texts = [path, mode, content].every(text => typeof text === 'string')
  return texts && typeof once === 'boolean' && /^[0-7]{4}$/.test(String(mode))
}

/** Throws what is no such base64. */
const inflated = (base64: string): string =>
  inflateSync(Buffer.from(base64, 'base64'), { maxOutputLength: UNPACKED_LIMIT }).toString('utf8')

function readBundle(boothook: string): BoothookFiles | undefined {
  const found = BUNDLE.exec(boothook)
  if (found === null) return undefined
  const files: unknown = JSON.parse(inflated(found[0]))
  if (!Array.isArray(files) || !files.every(isGuestFile)) return undefined
  return { files, packed: [{ files, start: found.index, end: found.index + found[0].length }] }
}

/**
 * Files one behind the other, each below a line `=== MODE PATH` or `=== MODE PATH once`; below `=== packed` stand such files deflated,
 * below others is no file. What is packed is installed first, so that of two files for one path the document's own counts.
 */
function readSegments(text: string, offset: number): BoothookFiles {
  const heads = [...text.matchAll(SEGMENT)]
  const own: GuestFile[] = []
  const packed: PackedFiles[] = []
  for (const [at, { index, 0: head, 1: isPacked, 2: mode, 3: path, 4: once }] of heads.entries()) {
    const start = index + head.length
    const content = text.slice(start, heads[at + 1]?.index)
    if (mode !== undefined && path !== undefined) own.push({ path, mode, content, once: once !== undefined })
    if (isPacked === undefined) continue
    const { files } = readSegments(inflated(content), 0)
    packed.push({ files, start: offset + start, end: offset + start + content.trimEnd().length })
  }
  const files = [...packed.flatMap(({ files: some }) => some), ...own]
  return { files: [...new Map(files.map(file => [file.path, file])).values()], packed }
}

function readHereDocument(boothook: string): BoothookFiles | undefined {
  const found = HERE_DOCUMENT.exec(boothook)
  if (found === null) return undefined
  const start = found.index + found[0].length
  const end = boothook.indexOf(`\n${found[1]}\n`, start - 1)
  return end < 0 ? undefined : readSegments(boothook.slice(start, end + 1), start)
}

/** The files that a boothook of this tool installs; undefined when it holds none or they cannot be unpacked. */
export function readBoothook(boothook: string): BoothookFiles | undefined {
  try {
    return readHereDocument(boothook) ?? readBundle(boothook)
  } catch {
    return undefined
  }
}
