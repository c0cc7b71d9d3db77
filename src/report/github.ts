import type { Complaint } from './complaint.ts'
import type { Severity } from './diagnostics.ts'
import { type Files, filePlace, pathFrom } from './file-place.ts'
import type { Renderer } from './renderer.ts'
import { visible } from './visible.ts'

const COMMAND: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' }

/** The escapes of workflow commands: of what follows `::`, and of a property. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** One complaint as a workflow command of GitHub Actions, which shows it beside the line it is about. */
function commandOf({ code, severity, message, hint, span, related, document }: Complaint, files: Files): string {
  const { file, start, end, inside } = filePlace(span, document, files)
  // The runner drops columns that are not of one line.
  const sameLine = start !== undefined && start.line === end?.line
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ['file', file === undefined ? undefined : visible(pathFrom(files, file))],
    ['line', start?.line],
    ['endLine', end?.line],
    ['col', sameLine ? start.column : undefined],
    ['endColumn', sameLine ? end.column : undefined],
    ['title', code],
  ]
  const given = properties.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(`${value}`)}`]))
  const lines = [`${message}${inside === undefined ? '' : ` (${inside})`}`]
  if (related !== undefined) {
    const other = filePlace(related.span, document, files)
    lines.push(`${related.message}: ${other.inside ?? `${other.file}:${other.start?.line}:${other.start?.column}`}`)
  }
  if (hint !== undefined) lines.push(`help: ${hint}`)
  const command = given.length === 0 ? COMMAND[severity] : `${COMMAND[severity]} ${given.join(',')}`
  return `::${command}::${data(lines.map(visible).join('\n'))}\n`
}

/** Complaints about many documents as workflow commands, one after the other. */
export const githubRenderer = (files: Files): Renderer<string> => ({
  one: complaint => commandOf(complaint, files),
  all: list => list.map(({ rendered }) => rendered).join(''),
})
