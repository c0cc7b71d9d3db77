import { VERSION } from '../version.ts'
import { markdownPage, textPage } from './codes/page.ts'
import type { Complaint } from './complaint.ts'
import { CATALOGUE, type Code, type Severity } from './diagnostics.ts'
import { type Files, filePlace, uriOf } from './file-place.ts'
import { jsonText } from './json.ts'
import type { Renderer } from './renderer.ts'
import type { Span } from './source.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

export interface Message {
  readonly text: string
}

export interface Location {
  readonly physicalLocation: object
  readonly message?: Message
}

/** A result, or without a rule a notification: a file that could not be read. */
export interface Result {
  readonly ruleId?: Code
  readonly level: Severity
  readonly message: Message
  readonly locations?: readonly Location[]
  readonly relatedLocations?: readonly Location[]
}

/** The location, which is none for standard input, and what it cannot say. */
function locate(
  span: Span | undefined,
  document: string | undefined,
  files: Files,
): { readonly location?: Location; readonly inside: string } {
  const { file, start, end, inside } = filePlace(span, document, files)
  const said = inside === undefined ? '' : ` (${inside})`
  if (file === undefined) return { inside: said }
  const uri = uriOf(files, file)
  // Code scanning takes no location without a line.
  const region =
    start === undefined || end === undefined
      ? { startLine: 1 }
      : { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column }
  const artifactLocation = uri.startsWith('file:') ? { uri } : { uri, uriBaseId: '%SRCROOT%' }
  return { location: { physicalLocation: { artifactLocation, region } }, inside: said }
}

/** One complaint as a SARIF result. */
function resultOf(complaint: Complaint, files: Files): Result {
  const { code, severity, message, hint, span, related, document } = complaint
  const { location, inside } = locate(span, document, files)
  const other = related === undefined ? undefined : locate(related.span, document, files)
  return {
    ...(code !== undefined && { ruleId: code }),
    level: severity,
    message: { text: `${message}${inside}.${hint === undefined ? '' : ` Help: ${hint}`}` },
    ...(location !== undefined && { locations: [location] }),
    ...(other?.location !== undefined && {
      relatedLocations: [{ ...other.location, message: { text: `${related?.message}${other.inside}` } }],
    }),
  }
}

const ruleOf = (id: Code): object => {
  const [level, meaning] = CATALOGUE[id]
  const help = { text: textPage(id), markdown: markdownPage(id) }
  return { id, shortDescription: { text: meaning }, help, defaultConfiguration: { level } }
}

/** A SARIF 2.1.0 log of one run. Its rules are those that the results name. */
function logOf(all: readonly Result[]): string {
  const rules = [...new Set(all.flatMap(({ ruleId }) => ruleId ?? []))].sort()
  const results = all.flatMap(({ ruleId, ...result }) =>
    ruleId === undefined ? [] : [{ ruleId, ruleIndex: rules.indexOf(ruleId), ...result }],
  )
  const notifications = all.filter(({ ruleId }) => ruleId === undefined)
  return jsonText({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'consul-vm-inject', version: VERSION, rules: rules.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: notifications.length === 0,
            ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
          },
        ],
        columnKind: 'unicodeCodePoints',
        results,
      },
    ],
  })
}

/** Complaints about many documents as a SARIF log. */
export const sarifRenderer = (files: Files): Renderer<Result> => ({
  one: complaint => resultOf(complaint, files),
  all: list => logOf(list.map(({ rendered }) => rendered)),
})
