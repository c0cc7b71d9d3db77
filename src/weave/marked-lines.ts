import { BEGIN, digestOfBody, END } from '../decode/injection/injected-lines.ts'
import { VERSION } from '../version.ts'

/** The newline that a text uses. */
export type Newline = '\n' | '\r\n'

/** How lines stand in the operator's text. */
export interface LineShape {
  readonly newline: Newline
  readonly indent: string
  /** Inside brackets: what follows goes on in the same line as the last mark's successor. */
  readonly flow: boolean
  /** The line break before the first mark is ours: the text did not end with one. */
  readonly joined: boolean
  /** The operator's lines that are comments; empty when none are. */
  readonly commented: string
}

/** Lines between the two comments by which they are found again. */
export function markedLines(lines: readonly string[], { newline, indent, flow, joined, commented }: LineShape): string {
  const body = lines.map(line => (indent + line).trimEnd() + newline).join('')
  const mark = `${BEGIN}${VERSION}; part=${digestOfBody(body, commented)}${joined ? '; joined' : ''}`
  const first = `${joined ? newline : ''}${flow ? ' ' : indent}${mark}${commented === '' ? '' : `; commented=${commented}`}`
  return `${first}${newline}${body}${indent}${END}${newline}${flow ? indent : ''}`
}
