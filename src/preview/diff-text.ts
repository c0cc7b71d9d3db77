import type { Paint, Style } from '../report/paint.ts'
import { visible } from '../report/visible.ts'
import type { Change, FileChange, Hunk, Preview } from './model.ts'

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
export const changesText = (changes: readonly Change[], paint: Paint): string =>
  changes.flatMap(change => changeText(change, paint).map(line => `${line}\n`)).join('')

const WORDS: Readonly<Record<FileChange['change'], readonly [words: string, style: Style]>> = {
  added: ['added  ', 'added'],
  changed: ['changed', 'hunk'],
  removed: ['removed', 'removed'],
  none: ['as it was', 'frame'],
}

/** `0.1.0 -> 0.2.0`, or the one version that there is. */
function versionsOf({ before, after, version }: Preview): string {
  const was = before.injectedBy
  const is = after.injected ? version : undefined
  return [...new Set([was, is])].filter(one => one !== undefined).join(' -> ')
}

/** The tool's own files that change, a line each, in place of what is in them. */
function commonText(preview: Preview, common: readonly FileChange[], paint: Paint): readonly string[] {
  if (common.length === 0) return []
  const title = `Guest files of ${versionsOf(preview)}, the same on every VM (mode, SHA-256 begins with, path; --all shows them):`
  const line = ({ change, mode, digest, path }: FileChange): string =>
    paint(WORDS[change][1], `  ${WORDS[change][0]}  ${mode}  ${digest}  ${shown(path)}`)
  return [paint('bold', title), ...common.map(line)]
}

/**
 * What would change, as one unified diff; empty when nothing would. Files that are the same on every VM are named only, behind it, unless all
 * are asked for: a program that reads a diff passes over such lines.
 */
export function diffText(preview: Preview, paint: Paint, all: boolean = false): string {
  const changed = new Set(preview.changes.map(({ path }) => path))
  const common = all ? [] : preview.files.filter(file => file.common && changed.has(file.path))
  const named = new Set(common.map(({ path }) => path))
  const own = preview.changes.filter(({ path }) => path === undefined || !named.has(path))
  return (
    changesText(own, paint) +
    commonText(preview, common, paint)
      .map(line => `${line}\n`)
      .join('')
  )
}
