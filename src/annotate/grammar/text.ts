import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'

const LONGEST = 4096

/** Free text on one line, as it stands, of at most 4096 UTF-16 units. */
export const text: (value: string) => Parsed<string> = onOneLine(value =>
  value.length > LONGEST
    ? refuse(complaint(`the value is ${value.length} characters long, more than ${LONGEST}`, undefined, LONGEST))
    : meaning(value),
)
