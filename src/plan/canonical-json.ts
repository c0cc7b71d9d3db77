import { JsonNumber } from '../annotate/grammar/json-number.ts'

/** In code-point order, which differs from that of UTF-16 units beyond U+FFFF only. */
const sorted = (keys: readonly string[]): readonly string[] =>
  keys.some(key => /[\ud800-\udfff]/.test(key))
    ? keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    : keys.toSorted()

/** Text that stands in JSON as it is. */
const PLAIN = /^[\x20!#-[\]-~]*$/

/** A string as Python's json writes it: ASCII alone, escapes in lower-case hex. */
function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function printed(value: unknown, indent: string): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof JsonNumber) return value.text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent} `
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '[' : ','}\n${inner}${printed(item, inner)}`
    return text === '' ? '[]' : `${text}\n${indent}]`
  }
  const fields = value as Readonly<Record<string, unknown>>
  for (const key of sorted(Object.keys(fields))) {
    if (fields[key] === undefined) continue
    text += `${text === '' ? '{' : ','}\n${inner}${quoted(key)}: ${printed(fields[key], inner)}`
  }
  return text === '' ? '{}' : `${text}\n${indent}}`
}

/**
 * Data -> canonical JSON: ASCII, keys in code-point order, numbers as they were written, a blank a level, a line feed at the end. The
 * same text as `canonical` of the guest's plan_annotations.py prints.
 */
export const canonicalJson = (value: unknown): string => `${printed(value, '')}\n`
