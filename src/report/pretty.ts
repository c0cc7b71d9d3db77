import type { Complaint } from './complaint.ts'
import { type Diagnostic, inOrder, type Severity } from './diagnostics.ts'
import { excerpt } from './excerpt.ts'
import { type Paint, painter } from './paint.ts'
import { redacted } from './redact.ts'
import type { Rendered, Renderer } from './renderer.ts'
import { visible } from './visible.ts'
import { LINE, wrapWords } from './wrap.ts'

/** `  = help: what to do`, further lines under its first word. */
function help(hint: string, indent: number, paint: Paint): readonly string[] {
  const lead = `${' '.repeat(indent + 1)}= help: `
  const [first = '', ...rest] = wrapWords(visible(hint), LINE - lead.length)
  const label = `${' '.repeat(indent + 1)}${paint('frame', '=')} ${paint('bold', 'help')}: `
  return [label + first, ...rest.map(line => ' '.repeat(lead.length) + line)]
}

const headline = (severity: Severity, label: string, message: string, paint: Paint): string =>
  `${paint(severity, label)}${paint('bold', `: ${visible(message)}`)}`

/** One complaint: its headline, its place or at least its document, what to do. */
function prettyOne({ code, severity, message, hint, span, related, document }: Complaint, paint: Paint): string {
  const lines = [headline(severity, code === undefined ? severity : `${severity}[${code}]`, message, paint)]
  let indent = 1
  if (span !== undefined) {
    const place = excerpt(span, severity, paint)
    lines.push(...place.lines)
    indent = place.indent
  } else if (document !== undefined && code !== undefined) lines.push(` ${paint('frame', '-->')} ${visible(document)}`)
  if (related !== undefined) {
    const place = excerpt(related.span, 'note', paint)
    lines.push(headline('note', 'note', related.message, paint), ...place.lines)
    indent = place.indent
  }
  if (hint !== undefined) lines.push(...help(hint, indent, paint))
  return `${lines.join('\n')}\n`
}

/** A complaint that has no place in a document: bad usage, a file that cannot be read. */
export const prettyUsage = (message: string, hint: string | undefined, colour: boolean): string =>
  prettyOne({ severity: 'error', message, ...(hint !== undefined && { hint }) }, painter(colour))

/** `2 errors, 1 warning`, when that is not seen at a glance. */
function summary(list: readonly Rendered<string>[], paint: Paint): string {
  if (list.length < 2) return ''
  const counts = (['error', 'warning'] as const).flatMap(severity => {
    const count = list.filter(entry => entry.severity === severity).length
    return count === 0 ? [] : [paint(severity, `${count} ${severity}${count === 1 ? '' : 's'}`)]
  })
  return counts.length === 0 ? '' : `\n${counts.join(', ')}\n`
}

/** Complaints about many documents, one under the other, and how many they are. */
export const prettyRenderer = (paint: Paint): Renderer<string> => ({
  one: complaint => prettyOne(complaint, paint),
  all: list => list.map(({ rendered }) => rendered).join('\n') + summary(list, paint),
})

/** Diagnostics for people: errors first, each with its place, the lines above it, carets and what to do. */
export function pretty(diagnostics: readonly Diagnostic[], colour: boolean): string {
  const { one, all } = prettyRenderer(painter(colour))
  return all(redacted(inOrder(diagnostics)).map(entry => ({ severity: entry.severity, rendered: one(entry) })))
}
