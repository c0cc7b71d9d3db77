import { constants, crc32, deflateRawSync } from 'node:zlib'

/** The characters of base64, by byte. */
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='
const BASE64 = new Uint8Array(256)
for (const sign of SIGNS) BASE64[sign.charCodeAt(0)] = 1
const [LF, CR] = [0x0a, 0x0d]
/** How long a line of base64 is at least, and how many bytes of such lines are worth a code of their own. */
const LINE = 60
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

/** Whether a line, without its LF, is one of base64. */
function isBase64(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1] === CR ? end - 1 : end
  if (last - start < LINE) return false
  for (let at = start; at < last; at++) if (BASE64[bytes[at] ?? 0] !== 1) return false
  return true
}

/** Where the lines of base64 that begin here end. */
function endOfBase64(bytes: Uint8Array, start: number): number {
  for (let at = start; ; ) {
    const end = bytes.indexOf(LF, at)
    if (end < 0 || !isBase64(bytes, at, end)) return at
    at = end + 1
  }
}

/** The stretches of base64 and what stands between them, up to the end. */
function stretchesOf(bytes: Uint8Array): readonly Stretch[] {
  const stretches: Stretch[] = []
  let at = 0
  for (let line = 0; line < bytes.length; ) {
    const end = endOfBase64(bytes, line)
    if (end - line >= WORTH) {
      if (line > at) stretches.push({ start: at, end: line, base64: false })
      stretches.push({ start: line, end, base64: true })
      at = end
    }
    line = bytes.indexOf(LF, end) + 1 || bytes.length
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
      memLevel: 9,
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
