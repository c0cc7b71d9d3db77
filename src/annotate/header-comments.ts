import type { Document } from '../decode/user-data.ts'
import { diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import type { Annotation, AnnotationLayer } from './annotation.ts'
import { commentValue } from './scalar.ts'

/** Lines of a script, and lines as YAML has them. */
const LINE = /[^\n]*(?:\n|$)/y
const YAML_LINE = /[^\n\r]*(?:\r\n|\n|\r|$)/y
const YAML: ReadonlySet<string> = new Set(['cloud-config', 'cloud-config-archive'])

/** `# consul.hashicorp.com/connect-service: web` */
const COMMENT = /^(\s*#+\s*)((?:alpha\.)?consul\.hashicorp\.com\/[^\s:]*)(\s*:[ \t]*)(.*)$/s

/** A comment of that form at the beginning of a line, wherever. */
const STRAY = /^(#+[ \t]*)((?:alpha\.)?consul\.hashicorp\.com\/[^\s:]+)[ \t]*:/gm

/**
 * Annotations in the run of comment and blank lines that opens a document, after its first line (`#cloud-config`, `#!...`,
 * `## template: jinja` and the header under it). Safe to boot unprocessed, so they stay where they are. Comments that look like
 * annotations and stand too low to be one are warned of.
 */
export function readHeaderComments({ source, start, end, renders }: Document): AnnotationLayer {
  const lines = YAML.has(renders) ? YAML_LINE : LINE
  const found: Annotation[] = []
  let headerEnd = end
  lines.lastIndex = start
  while (lines.lastIndex < end) {
    const at = lines.lastIndex
    const line = (lines.exec(source.text)?.[0] ?? '').slice(0, end - at)
    if (line === '' || !/^\s*(?:#|$)/.test(line)) {
      headerEnd = at
      break
    }
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
  const text = source.text.slice(headerEnd, end)
  // Of a document that cloud-init does not know, that is to be said first.
  const low = renders === 'unknown' ? [] : [...text.matchAll(STRAY)]
  const strays = low.map(({ index, 1: lead = '', 2: key = '' }) => {
    const from = headerEnd + index + lead.length
    return diagnostic('W203', `${key} stands below the head of the document, where comments are not read`, {
      span: spanOf(source, from, from + key.length),
      hint: 'move the comment to the top, above the first line that is no comment',
    })
  })
  return { annotations: found, diagnostics: strays }
}
