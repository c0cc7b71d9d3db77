import type { JsonNumber } from './json-number.ts'
import { JsonTokens, Stop } from './json-tokens.ts'
import { complaint, type Issue } from './parsed.ts'
import { quote } from './quote.ts'

export type JsonValue = string | JsonNumber | boolean | null | readonly JsonValue[] | JsonObject

export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** What reading a JSON text found. A syntax error ends the reading, so `issues` holds at most one of those, and the value is null. */
export interface JsonScan {
  readonly value: JsonValue
  readonly issues: readonly Issue[]
  readonly warnings: readonly Issue[]
}

/** Go's encoding/json stops at 10 000, Python's at about 1 000, people long before. */
const DEEPEST = 64

/** Reads `text` as encoding/json would and words its complaints the same way, with the offset. */
export const scanJson = (text: string): JsonScan => {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const tokens = new JsonTokens(text)

  const deeper = (depth: number): number => {
    if (depth < DEEPEST) return depth + 1
    const message = `the JSON is nested more than ${DEEPEST} levels deep`
    throw new Stop(complaint(message, undefined, tokens.at - 1, tokens.at))
  }
  const entries = (depth: number): JsonObject => {
    const fields = new Map<string, JsonValue>()
    if (tokens.next('}')) return {}
    do {
      tokens.skipSpace()
      const start = tokens.at
      const key = tokens.string('looking for beginning of object key string')
      if (fields.has(key))
        warnings.push(complaint(`key ${quote(key)} is given twice; the last one counts`, undefined, start, tokens.at))
      if (!tokens.next(':')) tokens.stop('after object key')
      fields.set(key, value(depth))
    } while (tokens.next(','))
    if (!tokens.next('}')) tokens.stop('after object key:value pair')
    return Object.fromEntries(fields)
  }
  const elements = (depth: number): readonly JsonValue[] => {
    const items: JsonValue[] = []
    if (tokens.next(']')) return items
    do items.push(value(depth))
    while (tokens.next(','))
    if (!tokens.next(']')) tokens.stop('after array element')
    return items
  }
  const value = (depth: number): JsonValue => {
    if (tokens.next('{')) return entries(deeper(depth))
    if (tokens.next('[')) return elements(deeper(depth))
    const number = tokens.number()
    if (number !== undefined) {
      issues.push(...number.issues)
      return number.value
    }
    const literal = tokens.literal()
    return literal === undefined ? tokens.string('looking for beginning of value') : literal
  }

  let read: JsonValue = null
  try {
    read = value(0)
    tokens.skipSpace()
    if (tokens.at < text.length) tokens.stop('after top-level value')
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    issues.push(error.issue)
  }
  return { value: read, issues, warnings }
}
