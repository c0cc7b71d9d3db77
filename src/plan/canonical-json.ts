import { JsonNumber } from '../annotate/grammar/json-number.ts'

/** Code-point order, which differs from the order of UTF-16 units beyond U+FFFF. */
const byCodePoint = (a: string, b: string): number =>
  /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : a > b ? 1 : 0

/** A string as Python's json writes it: ASCII alone, escapes in lower-case hex. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

function printed(value: unknown, indent: string): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof JsonNumber) return value.text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent} `
  const block = (open: string, items: readonly string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`
  if (Array.isArray(value))
    return block(
      '[',
      value.map(item => printed(item, inner)),
      ']',
    )
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  return block(
    '{',
    entries.sort(([a], [b]) => byCodePoint(a, b)).map(([key, field]) => `${quoted(key)}: ${printed(field, inner)}`),
    '}',
  )
}

/**
 * Data -> canonical JSON: ASCII, keys in code-point order, numbers as they were written, a blank a level, a line feed at the end. The
 * same text as `canonical` of the guest's plan_annotations.py prints.
 */
export const canonicalJson = (value: unknown): string => `${printed(value, '')}\n`
