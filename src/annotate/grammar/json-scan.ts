import { JsonNumber } from './json-number.ts'
import { complaint, type Issue } from './parsed.ts'
import { quote, shown } from './quote.ts'

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

const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
const SPACE = /[ \t\n\r]*/y

/** Thrown and caught within this file only: the one way out of a recursive descent. */
class Stop {
  readonly issue: Issue
  constructor(issue: Issue) {
    this.issue = issue
  }
}

/** Reads `text` as encoding/json would and words its complaints the same way, with the offset. */
export const scanJson = (text: string): JsonScan => {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  let at = 0

  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text) ?? undefined
    at += match?.[0].length ?? 0
    return match
  }
  const stop = (context: string, hint?: string): never => {
    const point = text.codePointAt(at)
    if (point === undefined) throw new Stop(complaint('unexpected end of JSON input', hint, text.length, text.length))
    const character = String.fromCodePoint(point)
    throw new Stop(complaint(`invalid character '${shown(character)}' ${context}`, hint, at, at + character.length))
  }
  const next = (character: string): boolean => {
    take(SPACE)
    if (text.charAt(at) !== character) return false
    at += 1
    return true
  }
  const string = (context: string): string => {
    take(SPACE)
    const start = at
    const match = take(STRING)
    if (match !== undefined) return JSON.parse(match[0]) as string
    if (text.charAt(at) !== '"')
      return stop(context, text.charAt(at) === "'" ? 'JSON has double quotes only' : undefined)
    take(/"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y)
    if (at >= text.length)
      throw new Stop(complaint('unexpected end of JSON input: the string is never closed', undefined, start, at))
    return stop(text.charAt(at) === '\\' ? 'begins a wrong escape in string literal' : 'in string literal', 'escape it')
  }
  const number = (): JsonNumber => {
    const start = at
    const [digits = '', fraction, exponent] = take(NUMBER) ?? stop('in numeric literal')
    const value = Number(digits)
    const integer = fraction === undefined && exponent === undefined
    const exact = Number.isFinite(value) && (!integer || Number.isSafeInteger(value))
    if (exact) return new JsonNumber(digits)
    issues.push(
      complaint(
        `${quote(digits)} is too large a number to be kept exactly`,
        `write it as a string: "${digits}"`,
        start,
        at,
      ),
    )
    return new JsonNumber(digits)
  }
  const deeper = (depth: number): number => {
    if (depth < DEEPEST) return depth + 1
    throw new Stop(complaint(`the JSON is nested more than ${DEEPEST} levels deep`, undefined, at - 1, at))
  }
  const entries = (depth: number): JsonObject => {
    const fields = new Map<string, JsonValue>()
    if (next('}')) return {}
    do {
      take(SPACE)
      const start = at
      const key = string('looking for beginning of object key string')
      if (fields.has(key))
        warnings.push(complaint(`key ${quote(key)} is given twice; the last one counts`, undefined, start, at))
      if (!next(':')) stop('after object key')
      fields.set(key, value(depth))
    } while (next(','))
    if (!next('}')) stop('after object key:value pair')
    return Object.fromEntries(fields)
  }
  const elements = (depth: number): readonly JsonValue[] => {
    const items: JsonValue[] = []
    if (next(']')) return items
    do items.push(value(depth))
    while (next(','))
    if (!next(']')) stop('after array element')
    return items
  }
  const value = (depth: number): JsonValue => {
    if (next('{')) return entries(deeper(depth))
    if (next('[')) return elements(deeper(depth))
    if (/[-0-9]/.test(text.charAt(at))) return number()
    const literal = take(LITERAL)
    return literal === undefined ? string('looking for beginning of value') : (LITERALS[literal[0]] ?? null)
  }

  let read: JsonValue = null
  try {
    read = value(0)
    take(SPACE)
    if (at < text.length) stop('after top-level value')
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    issues.push(error.issue)
  }
  return { value: read, issues, warnings }
}
