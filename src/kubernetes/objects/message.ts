import { type Diagnostic, inOrder } from '../../report/diagnostics.ts'
import { lineOf, type Span } from '../../report/source.ts'
import { visible } from '../../report/visible.ts'

/** Kubernetes cuts warnings that are longer. */
const WARNING_LIMIT = 256

/** Where a span stands, in words: the path of a field, with the line where the field has several. */
const locationOf = ({ source, start }: Span): string =>
  source.text.includes('\n') ? `${source.name} line ${lineOf(source, start)}` : source.name

/** One diagnostic in one line: code, place, what is wrong, what to do. Excerpts are left out: an answer is logged in many places. */
function lineFor({ code, message, hint, span, related }: Diagnostic): string {
  const place = span === undefined ? '' : ` ${locationOf(span)}`
  const second = related === undefined ? '' : ` (${related.message}: ${locationOf(related.span)})`
  const remedy = hint === undefined ? '' : `; ${hint}`
  return visible(`${code}${place}: ${message}${second}${remedy}`)
}

/** Why an object is refused: every diagnostic but notes, errors first, one a line. */
export function refusalMessage(diagnostics: readonly Diagnostic[]): string {
  const list = inOrder(diagnostics).filter(({ severity }) => severity !== 'note')
  return ['consul-vm-inject refuses this object:', ...list.map(lineFor)].join('\n')
}

/** The warnings of an answer that lets the object pass. */
export const warningsOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  inOrder(diagnostics)
    .filter(({ severity }) => severity === 'warning')
    .map(entry => {
      const line = `consul-vm-inject: ${lineFor(entry)}`
      return line.length > WARNING_LIMIT ? `${line.slice(0, WARNING_LIMIT - 1)}…` : line
    })
