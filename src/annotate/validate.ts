import type { AnnotationRow } from '../../annotations/row.ts'
import { atMost } from '../report/at-most.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Span, spanOf } from '../report/source.ts'
import { type Annotation, type Annotations, LONGEST_VALUE, nameOf } from './annotation.ts'
import { type GrammarSettings, grammars, type SyntaxName } from './grammar/index.ts'
import { metaKey } from './grammar/meta.ts'
import type { Issue } from './grammar/parsed.ts'
import { contradiction, outranks } from './merge.ts'
import { afterTag } from './scalar.ts'
import { nearestKey, rowOf } from './table.ts'

export interface Validation {
  /** The annotations that count: aliases renamed, meaningless ones gone. */
  readonly annotations: Annotations
  readonly diagnostics: readonly Diagnostic[]
}

const SECRET_KEY = /token|secret|password|passwd|gossip|encrypt/i
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY|^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
/** A gossip key, where a path is to stand: 16 or 32 bytes in base64. */
const GOSSIP_KEY = /^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)$/
const NO_SECRETS = 'user-data can be read by any process on the VM: put the secret in a file and give its path'

/** Complaints about one value; with more of them it is another thing that was meant. */
const MOST = 20

const shortened = (issues: readonly Issue[]): readonly Issue[] =>
  atMost(issues, MOST, count => ({ message: `${count} more faults of this value are not shown` }))

const tooLong = ({ key, value, span }: Annotation): Diagnostic =>
  diagnostic('E306', `${key}: the value has ${value.length} characters, and at most ${LONGEST_VALUE} count`, {
    span,
    hint: 'shorten the value: Amazon EC2 takes no more than that for the whole of the user-data',
  })

/** Where in the source the issues inside a value stand. Exact when the value stands there as it is, else the whole value. */
function spansIn({ span, value }: Annotation): (issue: Issue) => Span | undefined {
  if (span === undefined) return () => undefined
  const raw = span.source.text.slice(span.start, span.end)
  // Perhaps behind a quote.
  const lead = [0, 1].find(at => raw.startsWith(value, at))
  if (lead === undefined) return () => span
  const first = span.start + lead
  return ({ start, end }) =>
    start === undefined ? span : spanOf(span.source, first + start, first + Math.max(end ?? value.length, start + 1))
}

/** Of so many unknown keys it is told which were meant. With more, the document is about something else. */
const MOST_GUESSES = 100

function unknown(annotation: Annotation, allow: boolean, guess: boolean): Diagnostic {
  const { key, keySpan: span } = annotation
  if (SECRET_KEY.test(nameOf(key))) {
    return diagnostic('E205', `${key} looks like a secret, and secrets never travel in user-data`, {
      span,
      hint: `${NO_SECRETS}, for example with alpha.consul.hashicorp.com/acl-token-file`,
    })
  }
  const near = guess ? nearestKey(key) : undefined
  const hint = near === undefined ? 'run `consul-vm-inject explain` for the keys there are' : `did you mean ${near}?`
  return allow
    ? diagnostic('W201', `${key} is not a known annotation and is left out`, { span, hint })
    : diagnostic('E201', `${key} is not a known annotation`, { span, hint })
}

/** Why a key that the model knows does not count: its verdict, or nothing is said by it. Undefined when it counts. */
function leftOut({ key, keySpan }: Annotation, row: AnnotationRow): Diagnostic | undefined {
  if (row.verdict === 'reject') {
    return diagnostic('E302', `${key} cannot be set for a VM`, { span: keySpan, hint: row.vm })
  }
  if (row.verdict === 'warn') return diagnostic('W301', `${key} means nothing on a VM`, { span: keySpan, hint: row.vm })
  if (row.prefix && key === row.key) {
    return diagnostic('W205', `${key} names nothing and is ignored`, { span: keySpan, hint: `name one: ${key}version` })
  }
  return undefined
}

/** What to write, where the grammar itself has nothing better to say. */
const adviceOf = ({ example }: AnnotationRow): string => `write it like this: ${example}`

function judgeValue(annotation: Annotation, row: AnnotationRow, settings: GrammarSettings): readonly Diagnostic[] {
  const { key, value } = annotation
  const isKey = row.syntax === 'absolute-path' && GOSSIP_KEY.test(value)
  if (isKey || (SECRET_VALUE.test(value) && row.syntax !== 'meta-value')) {
    return [diagnostic('E205', `${key} holds a secret itself`, { span: annotation.span, hint: NO_SECRETS })]
  }
  const parsed = grammars[row.syntax as SyntaxName](value, settings)
  const spanFor = spansIn(annotation)
  const say =
    (usual: 'E301' | 'W303') =>
    (issue: Issue): Diagnostic =>
      diagnostic(issue.code ?? usual, `${key}: ${issue.message}`, {
        span: spanFor(issue),
        hint: issue.hint ?? adviceOf(row),
      })
  const values = parsed.ok
    ? shortened(parsed.warnings ?? []).map(say('W303'))
    : shortened(parsed.issues).map(say('E301'))
  return [...judgeName(annotation, row), ...values]
}

/** The free part of a key such as `service-meta-<name>`. */
function judgeName({ key, keySpan: span }: Annotation, row: AnnotationRow): readonly Diagnostic[] {
  const name = row.prefix ? metaKey(key.slice(row.key.length)) : undefined
  if (name === undefined || name.ok) return []
  return name.issues.map(({ message, hint }) => diagnostic('E307', message, { span, hint: hint ?? adviceOf(row) }))
}

/**
 * An old spelling under its new name. `service-tags` and its old spelling are one list, as they were in consul-k8s; otherwise the
 * layers decide, as they do for one key.
 */
function rename(annotations: Map<string, Annotation>, from: Annotation, to: string): readonly Diagnostic[] {
  annotations.delete(from.key)
  const kept = annotations.get(to)
  if (kept === undefined || outranks(from, kept)) annotations.set(to, { ...from, key: to })
  else if (outranks(kept, from) || kept.value === from.value) return []
  else if (to.endsWith('/service-tags'))
    annotations.set(to, { ...kept, value: `${afterTag(kept.value)},${from.value}` })
  else return [contradiction({ ...from, key: to }, kept)]
  return []
}

/** Judges every annotation by the model: unknown keys, verdicts, values; all complaints at once. */
export function validate(given: Annotations, settings: GrammarSettings, allowUnknown: boolean): Validation {
  const diagnostics: Diagnostic[] = []
  const annotations = new Map(given)
  const renamed: [annotation: Annotation, to: string][] = []
  for (const annotation of given.values()) {
    const { key, keySpan: span } = annotation
    const row = rowOf(key)
    const out =
      row === undefined
        ? unknown(annotation, allowUnknown, diagnostics.length < MOST_GUESSES)
        : leftOut(annotation, row)
    if (out !== undefined) {
      diagnostics.push(out)
      annotations.delete(key)
    }
    if (row === undefined || out !== undefined) continue
    if (row.aliasOf !== undefined) {
      const hint = `write ${row.aliasOf}`
      diagnostics.push(diagnostic('W302', `${key} is an old spelling of ${row.aliasOf}`, { span, hint }))
    }
    if (annotation.value.length > LONGEST_VALUE) {
      // Nobody else is to spend time on it.
      annotations.delete(key)
      diagnostics.push(tooLong(annotation))
      continue
    }
    diagnostics.push(...judgeValue(annotation, row, settings))
    if (row.aliasOf !== undefined) renamed.push([annotation, row.aliasOf])
  }
  // Only now it is known which of the new spellings count.
  for (const [annotation, to] of renamed) diagnostics.push(...rename(annotations, annotation, to))
  return { annotations, diagnostics }
}
