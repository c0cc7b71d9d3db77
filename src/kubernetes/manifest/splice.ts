import type { YamlNode } from '../../decode/yaml.ts'
import type { Edit } from '../objects/edit.ts'
import { columnOf, filling, insertion, type Page, removal } from './entries.ts'
import { nodeAt, spotAt } from './node-path.ts'
import { rewritten, type TextEdit, tokenOf } from './scalar.ts'

/** The value of the entry at a path with another text. */
function replacement(
  page: Page,
  root: YamlNode,
  path: Edit['path'],
  value: string,
  plainly: boolean,
): TextEdit | undefined {
  const spot = spotAt(root, path)
  const node = spot?.entry.value
  if (spot === undefined || node?.kind !== 'scalar' || node.anchor !== undefined) return undefined
  const column = columnOf(page.text, spot.entry)
  return rewritten(page.text, node, value, { column, newline: page.newline, flow: spot.parent.flow, plainly })
}

function rename(
  page: Page,
  root: YamlNode,
  edit: Edit & { op: 'rename' },
  plainly: boolean,
): readonly TextEdit[] | undefined {
  const spot = spotAt(root, edit.path)
  const key = spot?.entry.key
  if (key?.kind !== 'scalar' || spotAt(root, [...edit.path.slice(0, -1), edit.to]) !== undefined) return undefined
  const token = tokenOf(page.text, key)
  const value = replacement(page, root, edit.path, edit.value, plainly)
  if (token === undefined || value === undefined) return undefined
  return [{ start: key.start, end: key.end, text: edit.to }, value]
}

function addition(page: Page, root: YamlNode, edit: Edit & { op: 'add' }): TextEdit | undefined {
  const there = spotAt(root, edit.path)
  if (there !== undefined) return filling(page, there.entry, edit.value)
  const parent = nodeAt(root, edit.path.slice(0, -1))
  return parent?.kind === 'mapping' ? insertion(page, parent, String(edit.path.at(-1)), edit.value) : undefined
}

function textEdit(
  page: Page,
  root: YamlNode,
  edit: Exclude<Edit, { op: 'rename' }>,
  plainly: boolean,
): TextEdit | undefined {
  if (edit.op === 'add') return addition(page, root, edit)
  if (edit.op === 'replace') return replacement(page, root, edit.path, edit.value, plainly)
  const spot = spotAt(root, edit.path)
  return spot && removal(page, spot.parent, spot.entry)
}

/**
 * An edit of an object as edits of the text it stands in; undefined where it cannot be told what to write. `plainly` writes every
 * scalar in quotes.
 */
export function textEdits(page: Page, root: YamlNode, edit: Edit, plainly: boolean): readonly TextEdit[] | undefined {
  if (edit.op === 'rename') return rename(page, root, edit, plainly)
  const one = textEdit(page, root, edit, plainly)
  return one && [one]
}

/** The text with all edits made. */
export function applied(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let at = 0
  for (const { start, end, text: written } of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + written
    at = end
  }
  return result + text.slice(at)
}
