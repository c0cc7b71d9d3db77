import type { Diagnostic } from '../report/diagnostics.ts'
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

/** The exit status that diagnostics call for: 3 when nothing is wrong but the size. */
export function statusOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return EXIT.done
  return errors.every(({ code }) => code === 'E501' || code === 'E601') ? EXIT.tooLarge : EXIT.bad
}
