import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** Exactly what Go's strconv.ParseBool takes. */
const SPELLINGS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map(text => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map(text => [text, false] as const),
])

/** What people write instead, lower-cased. */
const MEANT: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'y', 'on', 'enable', 'enabled', 'true', 't', '1'].map(text => [text, true] as const),
  ...['no', 'n', 'off', 'disable', 'disabled', 'false', 'f', '0', 'none'].map(text => [text, false] as const),
])

/** A boolean in the spellings of Go's ParseBool, as every consul-k8s switch is read. */
export const goBool: (value: string) => Parsed<boolean> = onOneLine(value => {
  const known = SPELLINGS.get(value)
  if (known !== undefined) return meaning(known)
  const meant = MEANT.get(value.trim().toLowerCase())
  const hint = meant === undefined ? 'write "true" or "false"' : `write "${meant}"`
  return refuse(complaint(`${quote(value)} is not a boolean`, hint))
})
