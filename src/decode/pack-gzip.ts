import { constants, crc32, deflateRawSync } from 'node:zlib'

/** Characters of a line of base64, and how many bytes of such lines are worth a code of their own. */
const LINE = 60
const WORTH = 1024
const [LF, CR] = [0x0a, 0x0d]
const BASE64: ReadonlySet<number> = new Set(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='),
)
/** How far back deflate looks. */
const WINDOW = 32_768
/** Magic, deflate, no flags, no time; best compression, system unknown. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff)

interface Stretch {
  readonly start: number
  readonly end: number
  readonly base64: boolean
}

/** Runs of lines of base64; of the first the end counts. Line by line: a regular expression for all of them fills the stack. */
function* runsOf(bytes: Uint8Array): Generator<readonly [start: number, end: number]> {
  let run: readonly [start: number, end: number] = [0, 0]
  for (let line = 0, feed = bytes.indexOf(LF); feed >= 0; line = feed + 1, feed = bytes.indexOf(LF, line)) {
    const end = feed > line && bytes[feed - 1] === CR ? feed - 1 : feed
    let start = end
    while (start > line && BASE64.has(bytes[start - 1] ?? 0)) start--
    const goesOn = start === line && end - start >= LINE && run[1] === line && run[1] > run[0]
    if (!goesOn) yield run
    if (goesOn) run = [run[0], feed + 1]
    else run = end - start >= LINE ? [start, feed + 1] : [feed + 1, feed + 1]
  }
  yield run
}

/** The stretches of base64 and what stands between them, up to the end. */
function stretchesOf(bytes: Uint8Array): readonly Stretch[] {
  const stretches: Stretch[] = []
  let at = 0
  for (const [start, end] of runsOf(bytes)) {
    if (end - start < WORTH) continue
    if (start > at) stretches.push({ start: at, end: start, base64: false })
    stretches.push({ start, end, base64: true })
    at = end
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
