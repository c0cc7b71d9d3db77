import { complaint, type Issue, type Parsed } from './parsed.ts'

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu
/** What most values are: nothing of the above, told at once. */
const PLAIN = /^[ -~]*$/

const NAMES = new Map([
  ['\n', 'a line break'],
  ['\r', 'a carriage return'],
  ['\t', 'a tab'],
  ['\0', 'a NUL character'],
  ['\u0085', 'a line break'],
  ['\u2028', 'a line separator'],
  ['\u2029', 'a paragraph separator'],
])

const named = (character: string): string => {
  const code = character.charCodeAt(0)
  const surrogate = code >= 0xd800 && code <= 0xdfff
  const name = NAMES.get(character) ?? (surrogate ? 'half of a surrogate pair' : 'a control character')
  return `${name} (U+${code.toString(16).toUpperCase().padStart(4, '0')})`
}

/**
 * The complaint about control characters, line separators and broken surrogate pairs, which no value but JSON may hold;
 * one issue, at the first of them. `allowed` lists characters to let pass.
 */
export const controlCharacters = (value: string, allowed = ''): readonly Issue[] => {
  if (PLAIN.test(value)) return []
  const found = [...value.matchAll(CONTROL)].filter(({ 0: character }) => !allowed.includes(character))
  const first = found[0]
  if (first === undefined) return []
  const others = found.length > 1 ? `, and ${found.length - 1} more such characters` : ''
  const message = `the value holds ${named(first[0])}${others}`
  return [complaint(message, 'write the value on one line, in printable characters', first.index, first.index + 1)]
}

/** A grammar for values of one line: control characters are refused before `grammar` sees the value. */
export const onOneLine =
  <T>(grammar: (value: string) => Parsed<T>): ((value: string) => Parsed<T>) =>
  value => {
    const issues = controlCharacters(value)
    return issues.length > 0 ? { ok: false, issues } : grammar(value)
  }
