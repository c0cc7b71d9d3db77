import { atMost } from './at-most.ts'
import { type Diagnostic, inOrder } from './diagnostics.ts'

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
