import { structuredPatch } from 'diff'
import type { Readable } from './contents.ts'
import type { Hunk } from './model.ts'

/** Lines shown around a change. */
const CONTEXT = 3
/** Texts that differ in more lines than this are shown as one removed and one added, which takes no time. */
const MOST_EDITS = 4000

const linesOf = (text: string): readonly string[] => text.split('\n')

/** Everything gone, everything new. */
function replacement(before: string, after: string): readonly Hunk[] {
  const side = (text: string, sign: string): readonly string[] => {
    const lines = linesOf(text.replace(/\n$/, '')).map(line => sign + line)
    if (text === '') return []
    return text.endsWith('\n') ? lines : [...lines, '\\ No newline at end of file']
  }
  const [old, now] = [side(before, '-'), side(after, '+')]
  const count = (lines: readonly string[]): number => lines.filter(line => !line.startsWith('\\')).length
  return [{ oldStart: 1, oldLines: count(old), newStart: 1, newLines: count(now), lines: [...old, ...now] }]
}

/**
 * How one text becomes another. The texts are compared as they are and shown masked: a change inside a secret is a line that
 * changed, and tells nothing else.
 */
export function hunksOf(before: Readable, after: Readable): readonly Hunk[] {
  if (before.raw === after.raw) return []
  const patch = structuredPatch('', '', before.raw, after.raw, '', '', {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  })
  const [old, now] = [linesOf(before.shown), linesOf(after.shown)]
  return (patch?.hunks ?? replacement(before.raw, after.raw)).map(
    ({ oldStart, oldLines, newStart, newLines, lines }) => {
      let [at, to] = [oldStart - 1, newStart - 1]
      const shown = lines.map(line => {
        const sign = line.charAt(0)
        if (sign === '\\') return line
        const was = sign === '+' ? undefined : old[at++]
        const is = sign === '-' ? undefined : now[to++]
        // What is masked on one side is masked: the lines are the same.
        return sign + ([was, is].find(text => text !== undefined && text !== line.slice(1)) ?? line.slice(1))
      })
      return { oldStart, oldLines, newStart, newLines, lines: shown }
    },
  )
}
