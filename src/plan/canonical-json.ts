import { JsonNumber } from '../annotate/grammar/json-number.ts'
import { unicodeEscape } from '../report/visible.ts'

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
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, unicodeEscape)
}

/** The most characters of what stands on one line. */
const SHORT = 110

function printed(value: unknown, indent: string): string {
  if (typeof value === 'string') return quoted(value)
  if (value instanceof JsonNumber) return value.text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent} `
  if (Array.isArray(value))
    return gathered(
      value.map(item => printed(item, inner)),
      '[]',
      indent,
    )
  const fields = value as Readonly<Record<string, unknown>>
  const keys = sorted(Object.keys(fields)).filter(key => fields[key] !== undefined)
  return gathered(
    keys.map(key => `${quoted(key)}: ${printed(fields[key], inner)}`),
    '{}',
    indent,
  )
}

/** Items in brackets: on one line where they are short, else each on its own. */
function gathered(items: readonly string[], [open, close]: '[]' | '{}', indent: string): string {
  const length = items.reduce((sum, item) => sum + item.length, 2 * items.length)
  if (length <= SHORT && !items.some(item => item.includes('\n'))) return `${open}${items.join(', ')}${close}`
  return `${open}\n${indent} ${items.join(`,\n${indent} `)}\n${indent}${close}`
}

/**
 * Data -> canonical JSON: ASCII, keys in code-point order, numbers as they were written, what is short on one line, else a blank a level,
 * a line feed at the end. The same text as `canonical` of the guest's plan_annotations.py prints.
 */
export const canonicalJson = (value: unknown): string => `${printed(value, '')}\n`
