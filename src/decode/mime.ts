/** One node of a MIME document. Offsets are into the text of the whole document. */
export interface MimeEntity {
  readonly headers: ReadonlyMap<string, string>
  /** Where the entity's headers begin and its body ends. */
  readonly start: number
  readonly end: number
  readonly bodyStart: number
  readonly contentType: string
  readonly boundary: string | undefined
  /** `content-transfer-encoding`, lower case; `7bit` when none is given. */
  readonly encoding: string
  readonly filename: string | undefined
  readonly children: readonly MimeEntity[]
  /** False for a multipart that ends without its closing delimiter. */
  readonly closed: boolean
}

const LINE = /[^\r\n]*(?:\r\n|\n|\r|$)/y
/** Messages nested deeper are left unread; Python's parser gives up on them too. */
const DEPTH_LIMIT = 64
const HEADER = /^([!-9;-~]*):[ \t]*(.*)$/

/** The lines of a stretch of text with their offsets; a line keeps its ending. */
function* linesOf(text: string, start: number, end: number): Generator<readonly [number, string]> {
  LINE.lastIndex = start
  while (LINE.lastIndex < end) {
    const at = LINE.lastIndex
    const line = LINE.exec(text)?.[0] ?? ''
    if (line === '') return
    const next = LINE.lastIndex
    yield [at, next > end ? line.slice(0, end - at) : line]
    LINE.lastIndex = next
  }
}

const bare = (line: string): string => line.replace(/(?:\r\n|\n|\r)$/, '')

/** Headers as Python's e-mail parser reads them: an mbox line is skipped, the first line that is no header ends them. */
function readHeaders(text: string, start: number, end: number): { headers: Map<string, string>; bodyStart: number } {
  const headers = new Map<string, string>()
  let last = ''
  for (const [at, line] of linesOf(text, start, end)) {
    const content = bare(line)
    if (at === start && content.startsWith('From ')) continue
    if (content === '') return { headers, bodyStart: at + line.length }
    if (/^[ \t]/.test(content)) {
      if (last !== '') headers.set(last, `${headers.get(last) ?? ''} ${content.trim()}`)
      continue
    }
    const [, name, value] = HEADER.exec(content) ?? []
    if (name === undefined || value === undefined) return { headers, bodyStart: at }
    // Of headers given twice the first counts, with its continuation lines; one without a name counts for nothing.
    last = headers.has(name.toLowerCase()) ? '' : name.toLowerCase()
    if (last !== '') headers.set(last, value.trim())
  }
  return { headers, bodyStart: end }
}

/** A parameter of a structured header: `boundary`, `filename`, `name`. */
function parameter(header: string | undefined, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header ?? '')
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
}

/** A parameter that may be written the long way of RFC 2231: `filename*=utf-8''web%20server.sh`. */
function nameIn(header: string | undefined, name: string): string | undefined {
  const long = parameter(header, `${name}\\*`)
  if (long === undefined) return parameter(header, name)
  try {
    return decodeURIComponent(long.replace(/^[^']*'[^']*'/, ''))
  } catch {
    return long
  }
}

interface Bodies {
  readonly bodies: readonly (readonly [start: number, end: number])[]
  readonly closed: boolean
}

/** What stands behind the boundary in a delimiter line. */
const DELIMITER = /(--)?[ \t]*(?:\r\n|\n|\r|$)/y
const isBreak = (character: string | undefined): boolean => character === '\n' || character === '\r'

/** Bodies between the delimiter lines of a boundary: [start, end] pairs; the line break before a delimiter belongs to it. */
function bodiesOf(whole: string, start: number, end: number, boundary: string): Bodies {
  const text = whole.slice(start, end)
  const mark = `--${boundary}`
  const bodies: (readonly [number, number])[] = []
  let open: number | undefined
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at > 0 && !isBreak(text[at - 1])) continue
    DELIMITER.lastIndex = at + mark.length
    const delimiter = DELIMITER.exec(text)
    if (delimiter === null) continue
    const beforeBreak = at - (text.startsWith('\r\n', at - 2) ? 2 : 1)
    if (open !== undefined) bodies.push([start + open, start + Math.max(open, beforeBreak)])
    if (delimiter[1] !== undefined) return { bodies, closed: true }
    open = DELIMITER.lastIndex
  }
  if (open !== undefined) bodies.push([start + open, end])
  return { bodies, closed: false }
}

/** The structure of a MIME document, read leniently as cloud-init's parser does. Never throws. */
export function parseMime(text: string, start = 0, end: number = text.length, depth = 0): MimeEntity {
  const { headers, bodyStart } = readHeaders(text, start, end)
  const header = headers.get('content-type')
  const contentType = /^\s*([^\s;/]+\/[^\s;/]+)/.exec(header ?? '')?.[1]?.toLowerCase() ?? 'text/plain'
  const boundary = contentType.startsWith('multipart/') ? parameter(header, 'boundary') : undefined
  const unread: Bodies = { bodies: [], closed: !contentType.startsWith('multipart/') }
  const { bodies, closed } =
    boundary === undefined || depth >= DEPTH_LIMIT ? unread : bodiesOf(text, bodyStart, end, boundary)
  return {
    headers,
    start,
    end,
    bodyStart,
    contentType,
    boundary,
    encoding: headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit',
    filename: nameIn(headers.get('content-disposition'), 'filename') ?? nameIn(header, 'name'),
    children: bodies.map(([from, to]) => parseMime(text, from, to, depth + 1)),
    closed,
  }
}

/** The leaves in order: what cloud-init handles one after the other. */
export function leavesOf(entity: MimeEntity): readonly MimeEntity[] {
  return entity.children.length > 0 ? entity.children.flatMap(leavesOf) : [entity]
}
