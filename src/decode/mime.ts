import { parameterOf } from './parameters.ts'

/** One node of a MIME document. Offsets are into the text of the whole document. */
export interface MimeEntity {
  readonly headers: ReadonlyMap<string, string>
  /** Where the entity's headers begin and its body ends. */
  readonly start: number
  readonly end: number
  /** Where the line of its parent's boundary before it begins; its own start when it has no parent. */
  readonly delimiter: number
  readonly bodyStart: number
  readonly contentType: string
  readonly boundary: string | undefined
  /** `content-transfer-encoding`, lower case; `7bit` when none is given. */
  readonly encoding: string
  readonly filename: string | undefined
  readonly children: readonly MimeEntity[]
  /** Where the line of the closing delimiter begins; undefined where a multipart ends without one, and of all others. */
  readonly closing: number | undefined
  /** Of a whole message: it has more parts than the tool will read, and not all of them are here. */
  readonly tooMany?: true
}

const LINE = /[^\r\n]*(?:\r\n|\n|\r|$)/y
/** Parts of one message, those around others included. */
export const PART_LIMIT = 100_000
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

/** A body between two delimiter lines: where the line before it begins, and where it begins and ends itself. */
type Body = readonly [delimiter: number, start: number, end: number]

interface Bodies {
  readonly bodies: readonly Body[]
  readonly closing: number | undefined
}

/** What stands behind the boundary in a delimiter line. */
const DELIMITER = /(--)?[ \t]*(?:\r\n|\n|\r|$)/y
const isBreak = (character: string | undefined): boolean => character === '\n' || character === '\r'

const NONE: Bodies = { bodies: [], closing: undefined }

/** How many parts there may still be. */
interface Left {
  parts: number
}

/** Bodies between the delimiter lines of a boundary; the line break before a delimiter belongs to it. None once there are too many. */
function bodiesOf(whole: string, start: number, end: number, boundary: string, left: Left): Bodies {
  const text = whole.slice(start, end)
  const mark = `--${boundary}`
  const bodies: Body[] = []
  let open: readonly [delimiter: number, start: number] | undefined
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at > 0 && !isBreak(text[at - 1])) continue
    DELIMITER.lastIndex = at + mark.length
    const delimiter = DELIMITER.exec(text)
    if (delimiter === null) continue
    const beforeBreak = start + at - (text.startsWith('\r\n', at - 2) ? 2 : 1)
    if (open !== undefined) bodies.push([...open, Math.max(open[1], beforeBreak)])
    if (--left.parts < 0) return NONE
    if (delimiter[1] !== undefined) return { bodies, closing: start + at }
    open = [start + at, start + DELIMITER.lastIndex]
  }
  if (open !== undefined) bodies.push([...open, end])
  return { bodies, closing: undefined }
}

/** What stands before the first semicolon; plain text when that is no type, as Python's parser has it. */
function typeIn(header: string | undefined): string {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return type.split('/').length === 2 ? type : 'text/plain'
}

function parse(text: string, [delimiter, start, end]: Body, depth: number, left: Left): MimeEntity {
  const { headers, bodyStart } = readHeaders(text, start, end)
  const header = headers.get('content-type')
  const contentType = typeIn(header)
  const boundary = contentType.startsWith('multipart/') ? parameterOf(header, 'boundary')?.trimEnd() : undefined
  const { bodies, closing } =
    boundary === undefined || depth >= DEPTH_LIMIT ? NONE : bodiesOf(text, bodyStart, end, boundary, left)
  return {
    headers,
    start,
    end,
    delimiter,
    bodyStart,
    contentType,
    boundary,
    encoding: headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit',
    filename: parameterOf(headers.get('content-disposition'), 'filename') ?? parameterOf(header, 'name'),
    children: bodies.map(body => parse(text, body, depth + 1, left)),
    closing,
  }
}

/** The structure of a MIME document, read leniently as cloud-init's parser does. Never throws. */
export function parseMime(text: string): MimeEntity {
  const left: Left = { parts: PART_LIMIT }
  const entity = parse(text, [0, 0, text.length], 0, left)
  return left.parts < 0 ? { ...entity, tooMany: true } : entity
}

/** The leaves in order: what cloud-init handles one after the other. */
export function leavesOf(entity: MimeEntity): readonly MimeEntity[] {
  return entity.children.length > 0 ? entity.children.flatMap(leavesOf) : [entity]
}
