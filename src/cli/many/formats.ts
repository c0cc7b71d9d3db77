import type { Diagnostic } from '../../diagnostics.ts'
import { type Call, text } from '../command.ts'
import { type Complaint, recordOf } from '../complaint.ts'
import type { Io } from '../io.ts'
import { painter, wantsColour } from '../paint.ts'
import { prettyAll, prettyOne, type Worded } from '../pretty.ts'
import { jsonText } from '../report.ts'
import { githubCommand } from './github.ts'
import type { Files } from './place.ts'
import { sarifLog, sarifResult } from './sarif.ts'

/** How complaints are written: each as text of its own, which is all that is kept of it, and then all of them. */
export interface Format {
  readonly one: (complaint: Complaint) => string
  readonly all: (list: readonly Worded[]) => string
}

const FORMATS: Readonly<Record<string, (files: Files, colour: boolean) => Format>> = {
  pretty: (_, colour) => ({
    one: complaint => prettyOne(complaint, painter(colour)),
    all: list => prettyAll(list, painter(colour)),
  }),
  json: () => ({
    one: complaint => JSON.stringify(recordOf(complaint)),
    all: list => jsonText(list.map(({ words }) => JSON.parse(words) as Partial<Diagnostic>)),
  }),
  sarif: files => ({ one: complaint => sarifResult(complaint, files), all: sarifLog }),
  github: files => ({
    one: complaint => githubCommand(complaint, files),
    all: list => list.map(({ words }) => words).join(''),
  }),
}

/** The format that --output asks for. */
export function formatOf({ values }: Call, io: Io): Format {
  const beside = new Set(
    ['metadata', 'values'].flatMap(option => text(values, option) ?? []).filter(path => path !== '-'),
  )
  const format = FORMATS[text(values, 'output') ?? 'pretty']
  if (format === undefined) throw new Error('an output that is a choice of --output has a format')
  const here = io.realPath('.')
  // Where Actions checked the repository out: a step may run in a directory of it.
  const root = io.realPath(io.env['GITHUB_WORKSPACE'] || '.')
  return format({ here, root, beside }, wantsColour(values, io))
}
