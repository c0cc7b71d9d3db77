import type { Files } from '../../report/file-place.ts'
import { githubRenderer } from '../../report/github.ts'
import { jsonRenderer } from '../../report/json.ts'
import { painter } from '../../report/paint.ts'
import { prettyRenderer } from '../../report/pretty.ts'
import { type Reporter, reporter } from '../../report/reporter.ts'
import { sarifRenderer } from '../../report/sarif.ts'
import { wantsColour } from '../colour.ts'
import { type Call, flag, text } from '../command.ts'
import type { Io } from '../io.ts'

/** How complaints about many documents are written, by the choices of --output. */
const FORMATS: Readonly<Record<string, (quiet: boolean, files: Files, colour: boolean) => Reporter>> = {
  pretty: (quiet, _, colour) => reporter(prettyRenderer(painter(colour)), quiet),
  json: quiet => reporter(jsonRenderer, quiet),
  sarif: (quiet, files) => reporter(sarifRenderer(files), quiet),
  github: (quiet, files) => reporter(githubRenderer(files), quiet),
}

/** The reporter that --output and --quiet ask for. */
export function reporterOf({ values }: Call, io: Io): Reporter {
  const beside = new Set(
    ['metadata', 'values'].flatMap(option => text(values, option) ?? []).filter(path => path !== '-'),
  )
  const format = FORMATS[text(values, 'output') ?? 'pretty']
  if (format === undefined) throw new Error('an output that is a choice of --output has a format')
  const here = io.realPath('.')
  // Where Actions checked the repository out: a step may run in a directory of it.
  const root = io.realPath(io.env['GITHUB_WORKSPACE'] || '.')
  return format(flag(values, 'quiet'), { here, root, beside }, wantsColour(values, io))
}
