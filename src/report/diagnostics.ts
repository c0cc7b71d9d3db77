import { atMost } from './at-most.ts'
import { type Position, positionOf, type Source, type Span, spanOf } from './source.ts'

export type Severity = 'error' | 'warning' | 'note'

/** The stable codes; a code keeps its meaning for ever. */
export type Code =
  | 'E101'
  | 'E102'
  | 'E103'
  | 'E104'
  | 'E105'
  | 'E106'
  | 'E107'
  | 'E201'
  | 'E202'
  | 'E203'
  | 'E204'
  | 'E205'
  | 'E206'
  | 'E207'
  | 'E301'
  | 'E302'
  | 'E303'
  | 'E304'
  | 'E305'
  | 'E401'
  | 'E402'
  | 'E403'
  | 'E501'
  | 'E601'
  | 'E602'
  | 'E603'
  | 'E604'
  | 'E605'
  | 'E701'
  | 'E702'
  | 'E703'
  | 'E704'
  | 'E705'
  | 'E706'
  | 'E707'
  | 'E708'
  | 'W101'
  | 'W102'
  | 'W201'
  | 'W202'
  | 'W203'
  | 'W301'
  | 'W302'
  | 'W303'
  | 'W304'
  | 'W305'
  | 'W401'
  | 'W402'
  | 'W403'
  | 'W601'
  | 'W602'
  | 'N101'
  | 'N102'
  | 'N103'
  | 'N104'
  | 'N105'

/**
 * Every code the tool can give, with its severity and what it stands for. The reference of
 * codes in the README is this table.
 */
export const CATALOGUE: Readonly<Record<Code, readonly [Severity, string]>> = {
  E101: ['error', 'the user-data is larger than the tool will read'],
  E102: ['error', 'the user-data was injected before and has been edited inside the injected parts'],
  E103: ['error', 'the file to compare with was not written by this tool'],
  E104: ['error', 'the address of the guest files, which the profile fetch needs, is missing or cannot be used'],
  E105: ['error', 'the user-data is in UTF-16 or UTF-32, which cloud-init does not read'],
  E106: ['error', 'the document is not for cloud-init, or not for the machine that boots with it'],
  E107: ['error', 'the user-data is larger than preview will show'],
  E201: ['error', 'an annotation has no meaning here: the key is unknown'],
  E202: ['error', 'the same annotation is given twice with different values'],
  E203: ['error', 'an annotation has a value of the wrong kind'],
  E204: ['error', 'an annotation stands where it cannot be read or taken out'],
  E205: ['error', 'an annotation carries a secret'],
  E206: ['error', 'a file given beside the user-data cannot be used'],
  E207: ['error', 'the query of Terraform cannot be used'],
  E301: ['error', 'the value of an annotation is not valid'],
  E302: ['error', 'an annotation cannot be used on a virtual machine'],
  E303: ['error', 'a required annotation is missing'],
  E304: ['error', 'two annotations contradict each other'],
  E305: ['error', 'the Consul agent would refuse the registration'],
  E401: ['error', 'the injection cannot be written into this document in the layout that was asked for'],
  E402: ['error', 'a key of the vendor-data would be lost beside a key that injection adds'],
  E403: ['error', 'the platform does not take user-data of this form'],
  E501: ['error', 'the user-data is larger than the platform takes'],
  E601: ['error', 'the user-data grows beyond what KubeVirt takes inside a virtual machine'],
  E602: ['error', 'the user-data of a Kubernetes object cannot be read'],
  E603: ['error', 'a Kubernetes object has no place for user-data'],
  E604: ['error', 'a Kubernetes manifest cannot be read'],
  E605: ['error', 'a Kubernetes manifest cannot be changed in place'],
  E701: ['error', 'serve: the request is malformed'],
  E702: ['error', 'serve: the request carries no valid token or client certificate, or comes from elsewhere'],
  E703: ['error', 'serve: there is nothing at this path'],
  E704: ['error', 'serve: the method is not allowed at this path'],
  E705: ['error', 'serve: the request is too large or too slow'],
  E706: ['error', 'serve: the body is encoded, or is of a kind that is not taken'],
  E707: ['error', 'serve: the request cannot be answered now'],
  E708: ['error', 'serve: a fault of the server itself'],
  W101: ['warning', 'cloud-init will not apply this document as written'],
  W102: ['warning', 'the document is not for cloud-init, or not for the machine that boots with it'],
  W201: ['warning', 'an annotation is unknown and was allowed'],
  W202: ['warning', 'an annotation is empty and counts as not given'],
  W203: ['warning', 'a comment that looks like an annotation stands where none is read'],
  W301: ['warning', 'an annotation means nothing on a virtual machine'],
  W302: ['warning', 'an annotation has a newer spelling'],
  W303: ['warning', 'a value is accepted but will surprise'],
  W304: ['warning', 'the agent that the profile full installs has no server to join'],
  W305: ['warning', 'a sidecar that fails closed has nothing to hold back'],
  W401: ['warning', 'the user-data switches vendor-data off'],
  W402: ['warning', 'annotation keys stay in user-data that is not rewritten'],
  W403: ['warning', 'a multipart document is nested one level deep, for parts cannot be added to it'],
  W601: ['warning', 'the user-data of a virtual machine is in a Secret, and only there it can be injected'],
  W602: ['warning', 'a virtual machine has user-data that KubeVirt does not read'],
  N101: ['note', 'the user-data was left as it is'],
  N102: ['note', 'what the tool decided for the operator'],
  N103: ['note', 'a value of the Helm values file that means nothing on a virtual machine'],
  N104: ['note', 'injection adds keys that vendor-data could also have'],
  N105: ['note', 'the form of the user-data that the platform must be told'],
}

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

/** Diagnostics of one document. With more of them it is something else than what its name says. */
const MOST = 1000

/** At most so many, errors before others; the last says how many there are besides. */
export const firstOf = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.length <= MOST
    ? diagnostics
    : atMost(inOrder(diagnostics), MOST, (count, { code, severity }) => ({
        code,
        severity,
        message: `${count} more complaints about this document are not shown`,
      }))

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
