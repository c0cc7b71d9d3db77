import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

type Mode = 'open' | 'closed'

/** `open` or `closed`, in these spellings. */
export const failureMode: (value: string) => Parsed<Mode> = onOneLine(value => {
  if (value === 'open' || value === 'closed') return meaning<Mode>(value)
  return refuse(complaint(`${quote(value)} is neither "open" nor "closed"`, 'write "open" or "closed"'))
})
