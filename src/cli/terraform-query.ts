import { decodeBase64 } from '../decode/base64.ts'
import { isRecord } from '../decode/record.ts'
import { type Code, type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { nearest } from '../report/nearest.ts'
import { spanOf } from '../report/source.ts'
import type { Option, OptionValues } from './command.ts'
import { INJECTION } from './options.ts'

/** What a query asks for: user-data, and the options that the command line would have had. */
export interface Query {
  readonly name: string
  readonly userData: Uint8Array
  readonly values: OptionValues
  /** The text of every file that the options name; a file has the name of its key. */
  readonly files: ReadonlyMap<string, string>
}

type Value = string | boolean | readonly string[]
type Reading = { readonly value: Value } | { readonly faults: readonly Diagnostic[] }

/** A key of the query that stands for an option. */
interface Row {
  readonly key: string
  readonly option: Option
  /** What its text is, for the help. */
  readonly holds: string
  readonly read: (text: string, key: string, option: Option) => Reading
}

const fault = (code: Code, message: string, hint: string): Diagnostic => diagnostic(code, message, { hint })

/** A text that is not one of those that its key takes. */
function misfit(key: string, text: string, words: readonly string[]): Reading {
  const near = nearest(text, words)
  const span = spanOf({ name: key, text }, 0, text.length)
  const hint = near === undefined ? `give one of ${words.join(', ')}` : `did you mean ${near}?`
  return { faults: [diagnostic('E219', `${key} is none of ${words.join(', ')}`, { span, hint })] }
}

const readSwitch: Row['read'] = (text, key) =>
  ['true', 'false'].includes(text) ? { value: text === 'true' } : misfit(key, text, ['true', 'false'])

const readChoice: Row['read'] = (text, key, { choices = [] }) =>
  choices.includes(text) ? { value: text } : misfit(key, text, choices)

const OBJECT = 'write it with jsonencode({ connect-inject = "true" })'

/** `{"connect-service": "web"}` as `connect-service=web`. Terraform writes 8080 and true without quotes: both are taken. */
const readPairs: Row['read'] = (text, key) => {
  const object = objectOf(text)
  if (object === undefined) return { faults: [fault('E220', `${key} is not a JSON object`, OBJECT)] }
  const faults = Object.entries(object).flatMap(([name, value]) => {
    if (name === '' || name.includes('='))
      return [fault('E220', `${key}: "${name}" is not the name of an annotation`, OBJECT)]
    if (['string', 'number', 'boolean'].includes(typeof value)) return []
    return [fault('E220', `${key}: ${name} is ${kindOf(value)}, not a string`, 'write its value as one string')]
  })
  return faults.length > 0 ? { faults } : { value: Object.entries(object).map(([name, value]) => `${name}=${value}`) }
}

/** The keys of the query that are options of `inject`, with `_` for `-`: an option that is added there is one here. */
const ROWS: readonly Row[] = INJECTION.map(option => {
  const key = option.name.replaceAll('-', '_')
  if (option.multiple === true) {
    return { key: `${key}s`, option, holds: 'a JSON object of strings, as jsonencode gives it', read: readPairs }
  }
  if (option.choices !== undefined) return { key, option, holds: option.choices.join(', '), read: readChoice }
  if (option.value === undefined) return { key, option, holds: '"true" or "false"', read: readSwitch }
  const holds = option.value === 'FILE' ? `the text of the file that --${option.name} names` : option.value
  return { key, option, holds, read: text => ({ value: option.value === 'FILE' ? key : text }) }
})

/** Every key that a query may hold, with what its text is. */
export const QUERY: readonly (readonly [key: string, holds: string])[] = [
  ['user_data', 'the text'],
  ['user_data_base64', 'instead of user_data: its bytes in base64'],
  ['name', 'how diagnostics name the user-data'],
  ...ROWS.map(({ key, holds }) => [key, holds] as const),
]
const KEYS = QUERY.map(([key]) => key)

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keys that there are not, and values that are not strings. */
function misshapen(object: Readonly<Record<string, unknown>>): readonly Diagnostic[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (!KEYS.includes(key)) {
      const near = nearest(key, KEYS)
      const hint = near === undefined ? `the keys are ${KEYS.join(', ')}` : `did you mean ${near}?`
      return [fault('E217', `the query has no key ${key}`, hint)]
    }
    return typeof value === 'string'
      ? []
      : [fault('E218', `${key} is ${kindOf(value)}, not a string`, 'give it as a string')]
  })
}

type Strings = Readonly<Record<string, string | undefined>>

/** The user-data, from whichever of the two keys is given. */
function userDataOf({ user_data: plain, user_data_base64: packed }: Strings): Uint8Array | Diagnostic {
  if (plain !== undefined && packed !== undefined)
    return fault('E222', 'user_data and user_data_base64 are both given', 'leave one of them out')
  if (plain !== undefined) return new TextEncoder().encode(plain)
  if (packed === undefined) return fault('E221', 'there is no user-data', 'give user_data = file("web.yaml")')
  const bytes = packed === '' ? new Uint8Array() : decodeBase64(packed)?.bytes
  return (
    bytes ?? fault('E223', 'user_data_base64 is not base64', 'give text as user_data, or use filebase64("web.yaml")')
  )
}

/** Reads a query of Terraform: one JSON object of strings. All that is wrong with it is told at once. */
export function readQuery(json: string): Query | readonly Diagnostic[] {
  const object = objectOf(json)
  if (object === undefined)
    return [fault('E207', 'the query on standard input is not a JSON object', 'give {"user_data": "..."}')]
  const shape = misshapen(object)
  const strings: Strings = Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const given = ['user_data', 'user_data_base64'].some(key => object[key] !== undefined && strings[key] === undefined)
  const userData = given ? new Uint8Array() : userDataOf(strings)
  const values: Record<string, Value> = {}
  const faults: Diagnostic[] = []
  for (const { key, option, read } of ROWS) {
    const text = strings[key]
    if (text === undefined) continue
    const reading = read(text, key, option)
    if ('faults' in reading) faults.push(...reading.faults)
    else values[option.name] = reading.value
  }
  if (!(userData instanceof Uint8Array)) return [...shape, userData, ...faults]
  if (shape.length + faults.length > 0) return [...shape, ...faults]
  const files = new Map(
    ROWS.flatMap(({ key, option }) => (option.value === 'FILE' ? [[key, strings[key] ?? ''] as const] : [])),
  )
  return { name: strings['name'] ?? 'user_data', userData, values, files }
}
