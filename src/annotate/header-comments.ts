import type { Document } from '../decode/user-data.ts'
import { spanOf } from '../source.ts'
import type { Annotation } from './annotation.ts'
import { commentValue } from './scalar.ts'

const LINE = /[^\n]*(?:\n|$)/y
/** `# consul.hashicorp.com/connect-service: web` */
const COMMENT = /^(\s*#+\s*)((?:alpha\.)?consul\.hashicorp\.com\/[^\s:]*)(\s*:[ \t]*)(.*)$/s

/**
 * Annotations in the run of comment and blank lines that opens a document, after its first line (`#cloud-config`, `#!...`,
 * `## template: jinja` and the header under it). Safe to boot unprocessed, so they stay where they are.
 */
export function readHeaderComments({ source, start, end }: Document): readonly Annotation[] {
  const found: Annotation[] = []
  LINE.lastIndex = start
  while (LINE.lastIndex < end) {
    const at = LINE.lastIndex
    const line = (LINE.exec(source.text)?.[0] ?? '').slice(0, end - at)
    if (line === '' || !/^\s*(?:#|\r?\n?$)/.test(line)) break
    const [, lead, key, separator, text] = COMMENT.exec(line.trimEnd()) ?? []
    if (key === undefined || lead === undefined || separator === undefined || text === undefined) continue
    const keyStart = at + lead.length
    const valueStart = keyStart + key.length + separator.length
    found.push({
      key,
      value: commentValue(text),
      origin: 'document',
      keySpan: spanOf(source, keyStart, keyStart + key.length),
      span: spanOf(source, valueStart, valueStart + Math.max(text.length, 1)),
    })
  }
  return found
}
