import { CATALOGUE, type Code, type Severity } from './catalogue.ts'
import { type Position, positionOf, type Source, type Span, spanOf } from './source.ts'

export { CATALOGUE, type Code, type Severity }

/** What the tool has to say about the input: data, rendered only by the faces. */
export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  /** One sentence, lower case, no full stop: what is wrong. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  readonly span?: Span
  /** A second place that matters, with its label. */
  readonly related?: { readonly message: string; readonly span: Span }
}

/** A diagnostic without its code: what a stage knows before it says of which sort the complaint is. */
export interface DiagnosticDetails {
  readonly hint?: string | undefined
  readonly span?: Span | undefined
  readonly related?: { readonly message: string; readonly span: Span } | undefined
}

/** Characters of a message or a hint: nobody reads a longer one to its end. */
const LONGEST = 1000
const clipped = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)

export function diagnostic(code: Code, message: string, { hint, span, related }: DiagnosticDetails = {}): Diagnostic {
  return {
    code,
    severity: CATALOGUE[code][0],
    message: clipped(message),
    ...(hint !== undefined && { hint: clipped(hint) }),
    ...(span !== undefined && { span }),
    ...(related !== undefined && { related }),
  }
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

/** What was decided matters only where it is done: beside errors there are no notes. */
export const withoutMootNotes = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity !== 'note') : diagnostics

/** The same diagnostics in other sources: under another name, or with something blotted out. Places stay what they are. */
export function withSources(
  diagnostics: readonly Diagnostic[],
  sourceFor: (source: Source) => Source,
): readonly Diagnostic[] {
  const known = new Map<Source, Source>()
  const moved = ({ source, start, end }: Span): Span => {
    const other = known.get(source) ?? sourceFor(source)
    known.set(source, other)
    return spanOf(other, start, end)
  }
  return diagnostics.map(({ span, related, ...entry }) => ({
    ...entry,
    ...(span !== undefined && { span: moved(span) }),
    ...(related !== undefined && { related: { ...related, span: moved(related.span) } }),
  }))
}

/** `--strict`: every warning counts as an error. */
export const warningsAsErrors = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.map(entry => (entry.severity === 'warning' ? { ...entry, severity: 'error' } : entry))

const RANK: Record<Severity, number> = { error: 0, warning: 1, note: 2 }

/** Errors first; within a severity in the order of the sources and places. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sources = new Map<Source | undefined, number>([[undefined, -1]])
  for (const { span } of diagnostics) if (!sources.has(span?.source)) sources.set(span?.source, sources.size)
  const source = ({ span }: Diagnostic): number => sources.get(span?.source) ?? -1
  return [...diagnostics].sort(
    (a, b) =>
      RANK[a.severity] - RANK[b.severity] || source(a) - source(b) || (a.span?.start ?? -1) - (b.span?.start ?? -1),
  )
}

/** A diagnostic as plain data, for `--output json`: places as file, line, column (from 1). */
export interface DiagnosticRecord {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly related?: { readonly message: string; readonly file: string; readonly line: number; readonly column: number }
}

export function toRecord({ code, severity, message, hint, span, related }: Diagnostic): DiagnosticRecord {
  const base = { code, severity, message, ...(hint !== undefined && { hint }) }
  if (span === undefined) return base
  const start: Position = positionOf(span.source, span.start)
  const end: Position = positionOf(span.source, span.end)
  return {
    ...base,
    file: span.source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    ...(related !== undefined && {
      related: {
        message: related.message,
        file: related.span.source.name,
        ...positionOf(related.span.source, related.span.start),
      },
    }),
  }
}
