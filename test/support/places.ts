import type { Diagnostic } from '../../src/report/diagnostics.ts'
import { positionOf, type Source, type Span } from '../../src/report/source.ts'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
export const text = (content: Uint8Array): string => Buffer.from(content).toString('latin1')

export const sourceOf = (content: string, name = 'web.yaml'): Source => ({ name, text: content })

/** Where a span begins, as people count: `3:1`. */
export function placeOf(span: Span | undefined): string {
  if (span === undefined) return 'nowhere'
  const { line, column } = positionOf(span.source, span.start)
  return `${line}:${column}`
}

/** The text that a span points at. */
export const pointedAt = (span: Span | undefined): string => span?.source.text.slice(span.start, span.end) ?? ''

/** A diagnostic in one line: `E201 3:1 the message`. */
export const brief = ({ code, span, message }: Diagnostic): string => `${code} ${placeOf(span)} ${message}`

export const codes = (diagnostics: readonly Diagnostic[]): readonly string[] => diagnostics.map(({ code }) => code)
