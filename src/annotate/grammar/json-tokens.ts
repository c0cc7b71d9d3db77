import { JsonNumber } from './json-number.ts'
import { complaint, type Issue } from './parsed.ts'
import { quote, shown } from './quote.ts'

const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
/** A string up to where it stops being one. */
const OPEN_STRING = new RegExp(STRING.source.slice(0, -1), 'y')
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
const SPACE = /[ \t\n\r]*/y

/** Thrown by what reads JSON and caught by `scanJson`: the one way out of a recursive descent. */
export class Stop {
  readonly issue: Issue
  constructor(issue: Issue) {
    this.issue = issue
  }
}

/** The tokens of a JSON text, read one by one as encoding/json would. */
export class JsonTokens {
  readonly text: string
  /** Where the next one is looked for. */
  at = 0

  constructor(text: string) {
    this.text = text
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text) ?? undefined
    this.at += match?.[0].length ?? 0
    return match
  }

  skipSpace(): void {
    this.take(SPACE)
  }

  /** Ends the reading: something else stands here. */
  stop(context: string, hint?: string): never {
    const { text, at } = this
    const point = text.codePointAt(at)
    if (point === undefined) throw new Stop(complaint('unexpected end of JSON input', hint, text.length, text.length))
    const character = String.fromCodePoint(point)
    throw new Stop(complaint(`invalid character '${shown(character)}' ${context}`, hint, at, at + character.length))
  }

  /** Takes a bracket, comma or colon, if it is there. */
  next(character: string): boolean {
    this.skipSpace()
    if (this.text.charAt(this.at) !== character) return false
    this.at += 1
    return true
  }

  string(context: string): string {
    this.skipSpace()
    const start = this.at
    const match = this.take(STRING)
    if (match !== undefined) return JSON.parse(match[0]) as string
    const first = this.text.charAt(start)
    if (first !== '"') return this.stop(context, first === "'" ? 'JSON has double quotes only' : undefined)
    this.take(OPEN_STRING)
    if (this.at >= this.text.length)
      throw new Stop(complaint('unexpected end of JSON input: the string is never closed', undefined, start, this.at))
    const isEscape = this.text.charAt(this.at) === '\\'
    return this.stop(isEscape ? 'begins a wrong escape in string literal' : 'in string literal', 'escape it')
  }

  /** A number, and what is wrong with it; undefined where none stands. */
  number(): { readonly value: JsonNumber; readonly issues: readonly Issue[] } | undefined {
    if (!/[-0-9]/.test(this.text.charAt(this.at))) return undefined
    const start = this.at
    const [digits = '', fraction, exponent] = this.take(NUMBER) ?? this.stop('in numeric literal')
    const value = Number(digits)
    const integer = fraction === undefined && exponent === undefined
    const exact = Number.isFinite(value) && (!integer || Number.isSafeInteger(value))
    const message = `${quote(digits)} is too large a number to be kept exactly`
    const issues = exact ? [] : [complaint(message, `write it as a string: "${digits}"`, start, this.at)]
    return { value: new JsonNumber(digits), issues }
  }

  /** `true`, `false` or `null`; undefined where none stands. */
  literal(): boolean | null | undefined {
    const found = this.take(LITERAL)
    return found === undefined ? undefined : LITERALS[found[0]]
  }
}
