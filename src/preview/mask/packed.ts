import { isGzip, unpackGzip } from '../../decode/gzip.ts'
import { linesWithOffsets, type Range } from './range.ts'

/** How long a word is at least that may be base64. */
const WORD = 20
const CHARACTER = /[A-Za-z0-9+/_-]/
/** Whether a character below 128 is one of base64, by its code. */
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) => Number(CHARACTER.test(String.fromCharCode(code))))
/** A line that is base64 and nothing else; a longer line is a word. */
const LINE = /^[\s#>-]*["']?([A-Za-z0-9+/_-]+={0,2})["'\\]?\s*$/
/** Base64 of several lines has lines of one width, save for the last. */
const WIDTH = 16
const WIDEST = 4096

/** What is packed in base64, as text; gzip in it is unpacked. */
function unpacked(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  const inner = isGzip(bytes) ? unpackGzip(bytes) : { ok: false as const }
  return Buffer.from(inner.ok ? inner.bytes : bytes).toString('utf8')
}

interface Run {
  readonly range: Range
  readonly base64: string
  /** Characters of a line; 0 when the run is over. */
  readonly width: number
}

/** Runs of lines in base64: where they stand and what they say together. */
function runsOf(content: string): readonly Run[] {
  const runs: Run[] = []
  for (const [at, line] of linesWithOffsets(content)) {
    const found = (line.length <= WIDEST && LINE.exec(line)?.[1]) || ''
    const last = runs.at(-1)
    const end = at + line.length
    if (found !== '' && last?.range[1] === at - 1 && found.length <= last.width) {
      const width = found.length === last.width ? last.width : 0
      runs[runs.length - 1] = { range: [last.range[0], end], base64: last.base64 + found, width }
    } else if (found.length >= WIDTH) {
      runs.push({ range: [at + line.search(/\S/), end], base64: found, width: found.length })
    }
  }
  return runs
}

/** Words of base64. A regular expression would fill the stack with a word of some megabytes. */
function wordsOf(content: string): readonly Pick<Run, 'range' | 'base64'>[] {
  const words: Pick<Run, 'range' | 'base64'>[] = []
  for (let at = 0; at < content.length; at++) {
    const start = at
    while (BASE64[content.charCodeAt(at)] === 1) at++
    if (at - start < WORD) continue
    const padding = content.startsWith('==', at) ? 2 : Number(content[at] === '=')
    words.push({ range: [start, at + padding], base64: content.slice(start, at) })
  }
  return words
}

/** What is packed in base64 and holds a secret, as `holds` tells of the text inside. */
export function secretsInBase64(content: string, holds: (inner: string) => boolean): readonly Range[] {
  return [...wordsOf(content), ...runsOf(content)].flatMap(({ range, base64 }) =>
    holds(unpacked(base64)) ? [range] : [],
  )
}
