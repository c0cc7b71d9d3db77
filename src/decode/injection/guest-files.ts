import { inflateSync } from 'node:zlib'
import { UNPACKED_LIMIT } from '../gzip.ts'
import type { TextRange } from '../text-range.ts'

/** One file on the guest. Owned by root. */
export interface ReadableFile {
  readonly path: string
  /** Octal, four digits: `0644`. */
  readonly mode: string
  readonly content: string
  /** Written once an instance, so that the operator can edit or delete it; other files are kept as they are here. */
  readonly once: boolean
}

/** Where in a text the contents of files stand: of one as it is, or of several packed together. */
export interface Contents extends TextRange {
  readonly files: readonly ReadableFile[]
  readonly packed: boolean
}

/** What a boothook installs, and where in its text that stands. */
export interface BoothookFiles {
  readonly files: readonly ReadableFile[]
  readonly contents: readonly Contents[]
}

/** How 0.1.0 packed: JSON, deflated, in base64. */
const BUNDLE = /(?<=^BUNDLE = """\n|<<'END-OF-BUNDLE' [^\n]*\n)[A-Za-z0-9+/=\n]+(?=\n"""$|\nEND-OF-BUNDLE$)/m
const SEGMENT = /^=== ([^\n]*)\n/gm
const FILE_SEGMENT = /^([0-7]{4}) (\S+)( once)?$/
const HERE_DOCUMENT = /<<'([\w-]+)'[^\n]*\n(?==== )/

function isReadableFile(value: unknown): value is ReadableFile {
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
  if (!Array.isArray(files) || !files.every(isReadableFile)) return undefined
  return { files, contents: [{ files, packed: true, start: found.index, end: found.index + found[0].length }] }
}

/**
 * Files one behind the other, each below a line `=== MODE PATH` or `=== MODE PATH once`; below `=== packed` stand such files deflated.
 * What stands below other such lines is no file: what a fleet needs to decide.
 */
function readSegments(text: string, offset: number): BoothookFiles {
  const heads = [...text.matchAll(SEGMENT)]
  const contents = heads.flatMap(({ index, 0: head, 1: what = '' }, at): readonly Contents[] => {
    const start = index + head.length
    const content = text.slice(start, heads[at + 1]?.index)
    const range = { start: offset + start, end: offset + start + content.trimEnd().length }
    if (what === 'packed') return [{ ...range, files: readSegments(inflated(content), 0).files, packed: true }]
    const [, mode, path, once] = FILE_SEGMENT.exec(what) ?? []
    if (mode === undefined || path === undefined) return []
    return [{ ...range, files: [{ path, mode, content, once: once !== undefined }], packed: false }]
  })
  return { files: contents.flatMap(({ files }) => files), contents }
}

function readHereDocument(boothook: string): BoothookFiles | undefined {
  const found = HERE_DOCUMENT.exec(boothook)
  if (found === null) return undefined
  const start = found.index + found[0].length
  const end = boothook.indexOf(`\n${found[1]}\n`, start - 1)
  if (end < 0) return undefined
  const { files, contents } = readSegments(boothook.slice(start, end + 1), start)
  // What the VM has of its own stands before what is packed, and counts.
  return { files: files.filter(({ path }, at) => files.findIndex(file => file.path === path) === at), contents }
}

/** The files that a boothook of this tool installs; undefined when it holds none or they cannot be unpacked. */
export function readBoothook(boothook: string): BoothookFiles | undefined {
  try {
    return readHereDocument(boothook) ?? readBundle(boothook)
  } catch {
    return undefined
  }
}
