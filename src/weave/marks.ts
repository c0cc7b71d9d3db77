import { type UserData, yamlOf } from '../decode/user-data.ts'
import type { YamlNode } from '../decode/yaml.ts'
import { VERSION } from '../version.ts'
import { digestOf } from './digest.ts'

/** The newline that a text uses. */
export type Newline = '\n' | '\r\n'

/** One stretch of text that injection put into a cloud-config. It stands between two comments, by which it is found again. */
export interface Stretch {
  /** Where it begins and ends in the injected text; everything between goes when it is taken out. */
  readonly start: number
  readonly end: number
  readonly version: string
  /** What the first mark says was made a comment elsewhere; empty when nothing was. */
  readonly commented: string
  /** Whether what stands between the marks is what the tool wrote; undefined when the second mark is gone. */
  readonly intact: boolean | undefined
}

const END = '# <<< consul-vm-inject'
const BEGIN =
  /(\r?\n)?([ \t]*)# >>> consul-vm-inject (\S+); part=([0-9a-f]{16})(; joined)?(?:; commented=([\d,-]+))?(\r?\n)/g

/** The text of a stretch: `lines` between its marks. */
export function stretchOf(
  lines: readonly string[],
  shape: {
    readonly newline: Newline
    readonly indent: string
    /** Inside brackets: what follows goes on in the same line as the last mark's successor. */
    readonly flow: boolean
    /** The line break before the first mark is ours: the text did not end with one. */
    readonly joined: boolean
    readonly commented: string
  },
): string {
  const { newline, indent, flow, joined, commented } = shape
  const body = lines.map(line => (indent + line).trimEnd() + newline).join('')
  const begin = `# >>> consul-vm-inject ${VERSION}; part=${digestOf(body + commented)}${joined ? '; joined' : ''}`
  const first = `${joined ? newline : ''}${flow ? ' ' : indent}${begin}${commented === '' ? '' : `; commented=${commented}`}`
  return `${first}${newline}${body}${indent}${END}${newline}${flow ? indent : ''}`
}

/** Whether an offset lies inside a scalar: what looks like a mark there is the operator's own text. */
function insideScalar(node: YamlNode, offset: number): boolean {
  switch (node.kind) {
    case 'alias':
      return false
    case 'scalar':
      return node.start <= offset && offset < node.end
    case 'sequence':
      return node.items.some(item => insideScalar(item, offset))
    case 'mapping':
      return node.entries.some(({ key, value }) => insideScalar(key, offset) || insideScalar(value, offset))
  }
}

/** Every stretch that injection put into a cloud-config, in order. One without its second mark is that first mark only. */
export function stretchesIn(userData: UserData): readonly Stretch[] {
  const [document] = userData.documents
  if (userData.format !== 'cloud-config' || document === undefined) return []
  const { text } = userData.source
  if (!text.includes('# >>> consul-vm-inject ')) return []
  const yaml = yamlOf(document)
  const root = yaml.ok ? yaml.root : undefined
  return [...text.matchAll(BEGIN)].flatMap<Stretch>(match => {
    const [whole, before = '', space = '', version = '', digest, joined, commented = ''] = match
    const mark = match.index + before.length + space.length
    if (root !== undefined && insideScalar(root, mark - document.start)) return []
    // Before a mark inside brackets stands one blank of ours, and on the same line what is the operator's.
    const flow = before === '' && match.index > 0 && text[match.index - 1] !== '\n'
    const start = match.index + (joined === undefined ? before.length : 0) + (flow ? space.length - 1 : 0)
    const bodyStart = match.index + whole.length
    const close = new RegExp(`^([ \\t]*)${END}(?:\\r?\\n|$)`, 'gm')
    close.lastIndex = bodyStart
    const last = close.exec(text)
    if (last === null) return [{ start, end: bodyStart, version, commented, intact: undefined }]
    const indent = flow ? (last[1] ?? '') : ''
    const after = last.index + last[0].length
    const end = text.startsWith(indent, after) ? after + indent.length : after
    const intact = digestOf(text.slice(bodyStart, last.index) + commented) === digest
    return [{ start, end, version, commented, intact }]
  })
}
