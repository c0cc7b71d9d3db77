import type { Replacement } from '../../decode/text-range.ts'
import type { YamlNode } from '../../decode/yaml-node.ts'
import type { Edit } from '../objects/edit.ts'
import { columnOf, filling, insertion, newlineAt, removal } from './entries.ts'
import { nodeAt, spotAt } from './node-path.ts'
import { rewritten, tokenOf } from './scalar.ts'

/** The value of the entry at a path with another text. */
function replacement(
  text: string,
  root: YamlNode,
  path: Edit['path'],
  value: string,
  plainly: boolean,
): Replacement | undefined {
  const spot = spotAt(root, path)
  const node = spot?.entry.value
  if (spot === undefined || node?.kind !== 'scalar' || node.anchor !== undefined) return undefined
  const column = columnOf(text, spot.entry)
  return rewritten(text, node, value, { column, newline: newlineAt(text, node.start), flow: spot.parent.flow, plainly })
}

function rename(
  text: string,
  root: YamlNode,
  edit: Edit & { op: 'rename' },
  plainly: boolean,
): readonly Replacement[] | undefined {
  const spot = spotAt(root, edit.path)
  const key = spot?.entry.key
  if (key?.kind !== 'scalar' || spotAt(root, [...edit.path.slice(0, -1), edit.to]) !== undefined) return undefined
  const token = tokenOf(text, key)
  const value = replacement(text, root, edit.path, edit.value, plainly)
  if (token === undefined || value === undefined) return undefined
  return [{ start: key.start, end: key.end, words: edit.to }, value]
}

function addition(text: string, root: YamlNode, edit: Edit & { op: 'add' }): Replacement | undefined {
  const there = spotAt(root, edit.path)
  if (there !== undefined) return filling(text, there.entry, edit.value)
  const parent = nodeAt(root, edit.path.slice(0, -1))
  return parent?.kind === 'mapping' ? insertion(text, parent, String(edit.path.at(-1)), edit.value) : undefined
}

function textEdit(
  text: string,
  root: YamlNode,
  edit: Exclude<Edit, { op: 'rename' }>,
  plainly: boolean,
): Replacement | undefined {
  if (edit.op === 'add') return addition(text, root, edit)
  if (edit.op === 'replace') return replacement(text, root, edit.path, edit.value, plainly)
  const spot = spotAt(root, edit.path)
  return spot && removal(text, spot.parent, spot.entry)
}

/**
 * An edit of an object as edits of the text it stands in; undefined where it is not known what to write. `plainly` writes every
 * scalar in quotes.
 */
export function textEdits(
  text: string,
  root: YamlNode,
  edit: Edit,
  plainly: boolean,
): readonly Replacement[] | undefined {
  if (edit.op === 'rename') return rename(text, root, edit, plainly)
  const one = textEdit(text, root, edit, plainly)
  return one && [one]
}
