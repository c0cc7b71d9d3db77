import { type Code, type Diagnostic, withSources } from './diagnostics.ts'
import type { Source, Span } from './source.ts'

const SECRET: ReadonlySet<Code> = new Set(['E205', 'E214'])

const BLOT = '*'
const blot = (text: string): string => text.replace(/[^\s"']/g, BLOT)

/**
 * Where the secret of a complaint stands: the span, or when that is a key what follows it, further lines included that
 * are indented deeper than the key (a YAML block).
 */
function secretAt({ source: { text }, start, end }: Span): readonly [start: number, end: number] {
  const separator = /^["']?[ \t]*[:=]/.exec(text.slice(end))?.[0]
  if (separator === undefined) return [start, end]
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1)
  const block = new RegExp(`[^\\n]*(?:\\n[ \\t]{${indent + 1},}[^\\n]*)*`, 'y')
  block.lastIndex = end + separator.length
  return [block.lastIndex, block.lastIndex + (block.exec(text)?.[0].length ?? 0)]
}

/** Diagnostics whose sources show no secret that one of them complains about: logs of a pipeline are read by many. */
export function redacted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const secrets = diagnostics.flatMap(({ code, span }) => (SECRET.has(code) && span !== undefined ? [span] : []))
  if (secrets.length === 0) return diagnostics
  const clean = new Map<Source, Source>()
  for (const span of secrets) {
    const [start, end] = secretAt(span)
    const { name, text } = clean.get(span.source) ?? span.source
    clean.set(span.source, { name, text: text.slice(0, start) + blot(text.slice(start, end)) + text.slice(end) })
  }
  return withSources(diagnostics, source => clean.get(source) ?? source)
}
