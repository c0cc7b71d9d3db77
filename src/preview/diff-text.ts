import type { Paint, Style } from '../report/paint.ts'
import { visible } from '../report/visible.ts'
import type { Change, Hunk } from './model.ts'

/** A tab harms no terminal, and a diff shows it as it is. */
const shown = (line: string): string => line.split('\t').map(visible).join('\t')

const STYLES: Readonly<Record<string, Style>> = { '+': 'added', '-': 'removed' }

const painted = (line: string, paint: Paint): string => {
  const style = STYLES[line.charAt(0)]
  return style === undefined ? shown(line) : paint(style, shown(line))
}

/** `3,7`; a side without lines is told by the line before it. */
const range = (start: number, lines: number): string =>
  lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`

function hunkText({ oldStart, oldLines, newStart, newLines, lines }: Hunk, paint: Paint): readonly string[] {
  const head = `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`
  return [paint('hunk', head), ...lines.map(line => painted(line, paint))]
}

function changeText({ before, after, oldMode, newMode, note, hunks }: Change, paint: Paint): readonly string[] {
  const modes = oldMode === undefined ? [] : [`old mode ${oldMode}`, `new mode ${newMode}`]
  const heads = [...modes, `--- ${before ?? '/dev/null'}`, `+++ ${after ?? '/dev/null'}`]
  return [
    ...heads.map(line => paint('bold', shown(line))),
    ...(note === undefined ? [] : [`(${note})`]),
    ...hunks.flatMap(hunk => hunkText(hunk, paint)),
  ]
}

/** Changes as one unified diff; empty when there are none. */
export const diffText = (changes: readonly Change[], paint: Paint): string =>
  changes.flatMap(change => changeText(change, paint).map(line => `${line}\n`)).join('')
