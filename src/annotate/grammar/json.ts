import { JsonNumber } from './json-number.ts'
import { type JsonObject, type JsonValue, scanJson } from './json-scan.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

export type { JsonObject, JsonValue } from './json-scan.ts'

const json = (value: string): Parsed<JsonValue> => {
  const broken = value.search(/\p{Cs}/u)
  if (broken >= 0) return refuse(complaint('the value holds half of a surrogate pair', undefined, broken, broken + 1))
  const { value: meant, issues, warnings } = scanJson(value)
  if (issues.length > 0) return { ok: false, issues }
  // JSON.stringify writes halves of surrogate pairs, and nothing else, as escapes of that kind.
  return /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/.test(JSON.stringify(meant))
    ? refuse(complaint('an escape in the value stands for half of a surrogate pair', 'write the character itself'))
    : meaning(meant, warnings)
}

const kind = (value: JsonValue): string => {
  if (value === null) return 'null'
  if (value instanceof JsonNumber) return 'a number'
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}

const blank = (value: string): boolean => /^[ \t\r\n]*$/.test(value)

/**
 * A JSON object; an empty value is the empty object. Stricter than consul-k8s, which ignores bad JSON: numbers that would lose digits
 * and nesting beyond 64 levels are refused too.
 */
export const jsonObject = (value: string): Parsed<JsonObject> => {
  if (blank(value)) return meaning({})
  const parsed = json(value)
  if (!parsed.ok) return parsed
  const { value: read } = parsed
  if (typeof read === 'object' && read !== null && !Array.isArray(read) && !(read instanceof JsonNumber)) {
    return meaning(parsed.value as JsonObject, parsed.warnings)
  }
  return refuse(complaint(`${quote(value)} is ${kind(parsed.value)}, not a JSON object`, 'write "{...}"'))
}

/** A JSON array; an empty value is the empty array. As strict as `jsonObject`. */
export const jsonArray = (value: string): Parsed<readonly JsonValue[]> => {
  if (blank(value)) return meaning([])
  const parsed = json(value)
  if (!parsed.ok) return parsed
  if (Array.isArray(parsed.value)) return meaning(parsed.value as readonly JsonValue[], parsed.warnings)
  return refuse(complaint(`${quote(value)} is ${kind(parsed.value)}, not a JSON array`, 'write "[...]"'))
}
