import { inflateSync } from 'node:zlib'
import { UNPACKED_LIMIT } from '../decode/gzip.ts'
import type { GuestFile } from '../render/injection.ts'

/** The packed files of a boothook: which they are, and where in its text they stand. */
export interface Bundle {
  readonly files: readonly GuestFile[]
  readonly start: number
  readonly end: number
}

const PACKED = /(?<=^BUNDLE = """\n)[A-Za-z0-9+/=\n]+(?=\n"""$)/m

function isGuestFile(value: unknown): value is GuestFile {
  const { path, mode, content, once } = (value ?? {}) as Readonly<Record<string, unknown>>
  const texts = [path, mode, content].every(text => typeof text === 'string')
  return texts && typeof once === 'boolean' && /^[0-7]{4}$/.test(String(mode))
}

/** The files that a boothook of this tool installs; undefined when it holds none or they cannot be unpacked. */
export function readBundle(boothook: string): Bundle | undefined {
  const found = PACKED.exec(boothook)
  if (found === null) return undefined
  try {
    const json = inflateSync(Buffer.from(found[0], 'base64'), { maxOutputLength: UNPACKED_LIMIT }).toString('utf8')
    const files: unknown = JSON.parse(json)
    if (!Array.isArray(files) || !files.every(isGuestFile)) return undefined
    return { files, start: found.index, end: found.index + found[0].length }
  } catch {
    return undefined
  }
}
