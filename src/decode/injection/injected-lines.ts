import { digestOf } from '../digest.ts'
import type { TextRange } from '../text-range.ts'
import { type UserData, yamlOf } from '../user-data.ts'
import type { YamlNode } from '../yaml-node.ts'

/** What begins and what ends the lines that injection puts into a cloud-config. */
export const BEGIN = '# >>> consul-vm-inject '
export const END = '# <<< consul-vm-inject'

/** Lines that injection put into a cloud-config, between two comments by which they are found again; all of it goes. */
export interface InjectedLines extends TextRange {
  readonly version: string
  /** Where the comment that begins them stands. */
  readonly mark: number
  /** What that says was made a comment elsewhere; empty when nothing was. */
  readonly commented: string
  /** Whether the lines are as the tool wrote them; undefined when the comment that ends them is gone. */
  readonly intact: boolean | undefined
}

/** The digest of what stands between the two comments. */
export const digestOfBody = (body: string, commented: string): string => digestOf(body + commented)

const BEGIN_LINE = /# >>> consul-vm-inject (\S+); part=([0-9a-f]{16})(; joined)?(?:; commented=([\d,-]+))?(?:\r?\n)/y
const END_LINE = /^([ \t]*)# <<< consul-vm-inject(?:\r?\n|$)/m

/** The scalars of a document in order: what looks like a mark in one of them is the operator's own text. */
function scalarsIn(root: YamlNode | undefined): readonly TextRange[] {
  const found: TextRange[] = []
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar' && node.start < node.end) found.push(node)
    else if (node.kind === 'sequence') node.items.forEach(visit)
    else if (node.kind === 'mapping') {
      for (const { key, value } of node.entries) {
        visit(key)
        visit(value)
      }
    }
  }
  if (root !== undefined) visit(root)
  return found.sort((a, b) => a.start - b.start)
}

/** The marks that begin injected lines, those in scalars left out. */
function marksIn(userData: UserData): readonly (readonly [mark: number, line: RegExpExecArray])[] {
  const [document] = userData.documents
  const { text } = userData.source
  if (userData.format !== 'cloud-config' || document === undefined || !text.includes(BEGIN)) return []
  const yaml = yamlOf(document)
  const scalars = scalarsIn(yaml.ok ? yaml.root : undefined)
  const marks: (readonly [number, RegExpExecArray])[] = []
  let next = 0
  for (let mark = text.indexOf(BEGIN); mark >= 0; mark = text.indexOf(BEGIN, mark + 1)) {
    BEGIN_LINE.lastIndex = mark
    const line = BEGIN_LINE.exec(text)
    const offset = mark - document.start
    while ((scalars[next]?.end ?? Number.POSITIVE_INFINITY) <= offset) next++
    if (line !== null && !((scalars[next]?.start ?? Number.POSITIVE_INFINITY) <= offset)) marks.push([mark, line])
  }
  return marks
}

/** Everything that injection put into a cloud-config, in order. Where the second mark is gone, the first mark only. */
export function injectedLinesIn(userData: UserData): readonly InjectedLines[] {
  const { text } = userData.source
  const marks = marksIn(userData)
  return marks.map(([mark, line], index) => {
    const [whole, version = '', digest, joined, commented = ''] = line
    let blanks = mark
    while (text[blanks - 1] === ' ' || text[blanks - 1] === '\t') blanks--
    const newline = text[blanks - 1] === '\n' ? (text[blanks - 2] === '\r' ? 2 : 1) : 0
    // Before a mark inside brackets stands one blank of ours, and on the same line what is the operator's.
    const flow = newline === 0 && blanks > 0
    const start = flow ? Math.max(blanks, mark - 1) : blanks - (joined === undefined ? 0 : newline)
    const bodyStart = mark + whole.length
    const rest = text.slice(bodyStart, marks[index + 1]?.[0])
    const last = END_LINE.exec(rest)
    if (last === null) return { start, end: bodyStart, version, mark, commented, intact: undefined }
    const indent = flow ? (last[1] ?? '') : ''
    const after = bodyStart + last.index + last[0].length
    const end = text.startsWith(indent, after) ? after + indent.length : after
    const intact = digestOfBody(rest.slice(0, last.index), commented) === digest
    return { start, end, version, mark, commented, intact }
  })
}
