import { constants, crc32, deflateRawSync } from 'node:zlib'

/** Lines of base64, and how many bytes of them are worth a code of their own. */
const BASE64_LINES = /(?:[A-Za-z0-9+/=]{60,}\r?\n)+/g
const WORTH = 1024
/** How far back deflate looks. */
const WINDOW = 32_768
/** Magic, deflate, no flags, no time; best compression, system unknown. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff)

interface Stretch {
  readonly start: number
  readonly end: number
  readonly base64: boolean
}

/** The stretches of base64 and what stands between them, up to the end. */
function stretchesOf(bytes: Uint8Array): readonly Stretch[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const stretches: Stretch[] = []
  let at = 0
  for (const { index, 0: lines } of text.matchAll(BASE64_LINES)) {
    if (lines.length < WORTH) continue
    if (index > at) stretches.push({ start: at, end: index, base64: false })
    at = index + lines.length
    stretches.push({ start: index, end: at, base64: true })
  }
  return at < bytes.length || at === 0 ? [...stretches, { start: at, end: bytes.length, base64: false }] : stretches
}

/**
 * Deterministic gzip: no time, no file name, and the operating-system byte says "unknown" whatever wrote it. Base64 repeats nothing, so
 * its stretches get a Huffman code of their own, of six bits a character: mixed with text it takes 5 % more.
 */
export function packGzip(bytes: Uint8Array): Uint8Array {
  const stretches = stretchesOf(bytes)
  const body = stretches.map(({ start, end, base64 }, index) =>
    deflateRawSync(bytes.subarray(start, end), {
      level: 9,
      strategy: base64 ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY,
      finishFlush: index === stretches.length - 1 ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      // What stands before is there to refer to, as in one stream.
      ...(start > 0 && !base64 && { dictionary: bytes.subarray(Math.max(0, start - WINDOW), start) }),
    }),
  )
  const end = Buffer.alloc(8)
  end.writeUInt32LE(crc32(bytes), 0)
  end.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([HEADER, ...body, end])
}
