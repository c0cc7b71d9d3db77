import { type OptionValues, text } from './command.ts'
import type { Io } from './io.ts'

/** Whether to colour what goes to standard error, or to standard output: --color, else NO_COLOR and the terminal decide. */
export function wantsColour(values: OptionValues, io: Io, isTerminal: boolean = io.stderrIsTerminal): boolean {
  const when = text(values, 'color') ?? 'auto'
  if (when !== 'auto') return when === 'always'
  return (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb' && isTerminal
}
