import { isRecord } from '../../decode/record.ts'
import { type Path, pointerOf } from './path.ts'

/** One change of an object. `rename` moves a value to another key of the same mapping, with a new text. */
export type Edit =
  | { readonly op: 'add'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: Path; readonly value: string }
  | { readonly op: 'remove'; readonly path: Path }
  | { readonly op: 'rename'; readonly path: Path; readonly to: string; readonly value: string }

/** An operation of JSON Patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'replace' | 'remove'
  /** A JSON Pointer (RFC 6901). */
  readonly path: string
  readonly value?: unknown
}

const renamed = (path: Path, to: string): Path => [...path.slice(0, -1), to]

/** Edits as operations of JSON Patch, in order. */
export const operationsOf = (edits: readonly Edit[]): readonly JsonPatchOperation[] =>
  edits.flatMap((edit): readonly JsonPatchOperation[] => {
    const path = pointerOf(edit.path)
    if (edit.op === 'remove') return [{ op: 'remove', path }]
    if (edit.op !== 'rename') return [{ op: edit.op, path, value: edit.value }]
    return [
      { op: 'remove', path },
      { op: 'add', path: pointerOf(renamed(edit.path, edit.to)), value: edit.value },
    ]
  })

/** What an AdmissionResponse carries: the operations as JSON, in base64. */
export const patchOf = (edits: readonly Edit[]): string =>
  Buffer.from(JSON.stringify(operationsOf(edits)), 'utf8').toString('base64')

/** The object with the value at a path set, or taken out when it is undefined. What is not touched is shared. */
function put(object: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(object)) return object.map((item, at) => (at === key ? put(item, rest, value) : item))
  const entries = isRecord(object) ? { ...object } : {}
  const inner = put(entries[key], rest, value)
  if (inner === undefined) delete entries[key]
  else entries[key] = inner
  return entries
}

/** The object as it is after the edits. */
export const edited = (object: unknown, edits: readonly Edit[]): unknown =>
  edits.reduce((value, edit) => {
    if (edit.op === 'remove') return put(value, edit.path, undefined)
    if (edit.op !== 'rename') return put(value, edit.path, edit.value)
    return put(put(value, edit.path, undefined), renamed(edit.path, edit.to), edit.value)
  }, object)
