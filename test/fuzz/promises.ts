import assert from 'node:assert/strict'
import { decode } from '../../src/decode/decode.ts'
import { type UserData, wrap } from '../../src/decode/user-data.ts'
import { type Diagnostic, type InjectOptions, type InjectResult, inject, toRecord, uninject } from '../../src/index.ts'
import { CATALOGUE, hasErrors } from '../../src/report/diagnostics.ts'
import { pretty } from '../../src/report/pretty.ts'
import type { Span } from '../../src/report/source.ts'
import { brief, text } from '../support/places.ts'
import type { Fate } from './trial.ts'

/** Bytes are the same; else they are shown as text. */
export function same(actual: Uint8Array | undefined, expected: Uint8Array | undefined, what: string): void {
  const equal = actual === expected || (actual && expected && Buffer.compare(actual, expected) === 0)
  if (!equal) assert.equal(actual && text(actual), expected && text(expected), what)
}

/** The place of what is missing at the end is one character behind it. */
function within({ source: { text }, start, end }: Span): void {
  const there = 0 <= start && start <= end && start <= text.length && end <= text.length + 1
  assert.ok(there, `${start}-${end} is not in ${text.length}`)
}

/** What holds of everything that is said: it has a place that is there, and can be shown. */
export function sound(diagnostics: readonly Diagnostic[]): void {
  for (const { code, message, span, related } of diagnostics) {
    assert.ok(Object.hasOwn(CATALOGUE, code) && message !== '', code)
    if (span !== undefined) within(span)
    if (related !== undefined) within(related.span)
  }
  for (const { line = 1, column = 1 } of diagnostics.map(toRecord)) assert.ok(line > 0 && column > 0)
  assert.ok(pretty(diagnostics, false).length > 0 || diagnostics.length === 0)
}

/** An output, or errors, never both and never neither. */
export function settled({ output, diagnostics }: Pick<InjectResult, 'output' | 'diagnostics'>): void {
  sound(diagnostics)
  assert.equal(output === undefined, hasErrors(diagnostics), diagnostics.map(brief).join('\n'))
}

/** Without what makes a comment of a line. */
const bare = (content: string): string => content.replaceAll(/[# ]/g, '')

/** Whether all characters of a text stand in another one, in their order. */
function standsIn(content: string, other: string): boolean {
  let at = -1
  for (const sign of content) {
    at = other.indexOf(sign, at + 1)
    if (at < 0) return false
  }
  return true
}

/** The operator's document is in the output: in one piece, or, where ours went into it, in its order. */
function survives(
  { format, source }: UserData,
  { documents, source: whole }: UserData,
  { layout }: InjectOptions,
): void {
  const apart = format === 'mime' || layout === 'cloud-config'
  const own = bare(source.text)
  const parts = documents.map(part => part.source.text.slice(part.start, part.end))
  const found = [whole.text, ...parts].some(place => (apart ? standsIn(own, bare(place)) : bare(place).includes(own)))
  assert.ok(found, 'something of the document is gone')
}

/** The same annotations, switched off. */
const off = ({ annotations = [], ...options }: InjectOptions): InjectOptions => ({
  ...options,
  annotations: annotations.map(flag => flag.replace(/^connect-inject=.*/s, 'connect-inject=false')),
})

/** The same is said of the same, and nobody writes into what was given. */
function deterministic(input: Uint8Array, options: InjectOptions, { output, diagnostics }: InjectResult): void {
  const copy = Uint8Array.from(input)
  const again = inject(input, options)
  same(again.output, output, 'another output the second time')
  assert.deepEqual(again.diagnostics.map(brief), diagnostics.map(brief), 'other words the second time')
  same(input, copy, 'the input was changed')
}

/** All that is promised of one document, whatever it is; what takes as long as everything else, of every fourth. */
export function keepsPromises(input: Uint8Array, options: InjectOptions): Fate {
  const result = inject(input, options)
  const { output, decision } = result
  settled(result)
  const fourth = input.length % 4
  if (fourth === 0) deterministic(input, options, result)
  if (output === undefined) return 'refused'
  const before = decode(input, 'input').userData
  if (!decision.inject) {
    if (before.earlier === undefined || !decision.explicit) same(output, input, 'what is not injected is changed')
    return 'left'
  }
  same(inject(output, options).output, output, 'injected twice is not the same')
  const { wrappings, earlier, bytes: own } = decode(output, 'output').userData
  assert.ok(earlier !== undefined, 'the output is not known for injected')
  survives(before, earlier.carrier, options)
  same(own, before.bytes, 'the bytes of the operator do not come back')
  const back = uninject(output)
  settled(back)
  // Of gzip the bytes inside come back, and base64 in lines that are all as long as the first.
  const packed = wrappings.some(({ kind }) => kind === 'gzip')
  const original = before.earlier === undefined ? input : uninject(input).output
  const even = before.wrappings.some(({ kind }) => kind === 'base64') ? wrap(before.bytes, before.wrappings) : original
  same(back.output, packed ? before.bytes : even, 'uninject gives something else')
  if (fourth !== 1) return 'injected'
  const left = inject(output, off(options)).output
  same(left && decode(left, 'left').userData.bytes, before.bytes, 'switched off it is something else')
  return 'injected'
}
