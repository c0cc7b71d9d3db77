import { type Diagnostic, inOrder, type Severity } from '../diagnostics.ts'
import { visible } from '../visible.ts'
import { excerpt } from './excerpt.ts'
import { type Paint, painter } from './paint.ts'
import { redacted } from './redact.ts'
import { LINE, wrap } from './wrap.ts'

/** `  = help: what to do`, further lines under its first word. */
function help(hint: string, indent: number, paint: Paint): readonly string[] {
  const lead = `${' '.repeat(indent + 1)}= help: `
  const [first = '', ...rest] = wrap(visible(hint), LINE - lead.length)
  const label = `${' '.repeat(indent + 1)}${paint('frame', '=')} ${paint('bold', 'help')}: `
  return [label + first, ...rest.map(line => ' '.repeat(lead.length) + line)]
}

const headline = (severity: Severity, label: string, message: string, paint: Paint): string =>
  `${paint(severity, label)}${paint('bold', `: ${visible(message)}`)}`

/** A complaint that has no place in a document: bad usage, a file that cannot be read. */
export function prettyUsage(message: string, hint: string | undefined, colour: boolean): string {
  const paint = painter(colour)
  const lines = [headline('error', 'error', message, paint), ...(hint === undefined ? [] : help(hint, 1, paint))]
  return `${lines.join('\n')}\n`
}

function one({ code, severity, message, hint, span, related }: Diagnostic, paint: Paint): string {
  const lines = [headline(severity, `${severity}[${code}]`, message, paint)]
  let indent = 1
  if (span !== undefined) {
    const place = excerpt(span, severity, paint)
    lines.push(...place.lines)
    indent = place.indent
  }
  if (related !== undefined) {
    const place = excerpt(related.span, 'note', paint)
    lines.push(headline('note', 'note', related.message, paint), ...place.lines)
    indent = place.indent
  }
  if (hint !== undefined) lines.push(...help(hint, indent, paint))
  return `${lines.join('\n')}\n`
}

/** `2 errors, 1 warning`, when that is not seen at a glance. */
function summary(diagnostics: readonly Diagnostic[], paint: Paint): string {
  if (diagnostics.length < 2) return ''
  const counts = (['error', 'warning'] as const).flatMap(severity => {
    const count = diagnostics.filter(entry => entry.severity === severity).length
    return count === 0 ? [] : [paint(severity, `${count} ${severity}${count === 1 ? '' : 's'}`)]
  })
  return counts.length === 0 ? '' : `\n${counts.join(', ')}\n`
}

/** Diagnostics for people: errors first, each with its place, the lines above it, carets and what to do. */
export function pretty(diagnostics: readonly Diagnostic[], colour: boolean): string {
  const paint = painter(colour)
  const list = redacted(inOrder(diagnostics))
  return list.map(entry => one(entry, paint)).join('\n') + summary(list, paint)
}
