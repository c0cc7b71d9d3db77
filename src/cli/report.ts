import type { Code, Diagnostic } from '../report/diagnostics.ts'
import { asJson } from '../report/json.ts'
import { pretty } from '../report/pretty.ts'
import { wantsColour } from './colour.ts'
import { flag, type OptionValues, text } from './command.ts'
import { EXIT, type ExitCode, type Io } from './io.ts'

/** What --quiet leaves. */
export const unlessQuiet = (diagnostics: readonly Diagnostic[], values: OptionValues): readonly Diagnostic[] =>
  flag(values, 'quiet') ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics

/** Speaks to people: on standard error, after the data. */
export function report(diagnostics: readonly Diagnostic[], values: OptionValues, io: Io): void {
  const list = unlessQuiet(diagnostics, values)
  if (text(values, 'output') === 'json') io.stderr(asJson(list))
  else if (list.length > 0) io.stderr(pretty(list, wantsColour(values, io)))
}

/** Nothing is wrong with the document but that it is beyond a limit. */
const LIMITS: readonly Code[] = ['E501', 'E502', 'E601']

/** The exit status that diagnostics call for: 3 when nothing is wrong but the size, or the time that it takes. */
export function statusOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return EXIT.done
  return errors.every(({ code }) => LIMITS.includes(code)) ? EXIT.tooLarge : EXIT.bad
}
