import { decodeBase64, encodeBase64, ONE_LINE } from '../../decode/base64.ts'
import { isGzip, unpackGzip } from '../../decode/gzip.ts'
import { packGzip } from '../../decode/pack-gzip.ts'
import { isRecord } from '../../decode/record.ts'
import { utf8Of } from '../../decode/utf8.ts'
import type { Edit } from './edit.ts'
import type { Kind } from './kinds.ts'
import { type Path, valueAt } from './path.ts'

/** Bytes of user-data that KubeVirt takes inline; of `userDataBase64` the decoded ones count. */
export const INLINE_LIMIT = 2048

/** User-data that stands in the object itself. */
export interface InlineField {
  readonly at: 'inline'
  readonly path: Path
  /** What the field holds; undefined when there is no such field yet. */
  readonly text: string | undefined
  readonly base64: boolean
  /** The field beside it that takes the other form: text where this is base64, and the other way round. */
  readonly other: string
  /** Bytes the field may hold. */
  readonly limit: number
}

/** Where an object has its user-data. */
export type UserDataField =
  | InlineField
  | { readonly at: 'secret'; readonly path: Path; readonly name: string }
  | { readonly at: 'nowhere'; readonly path: Path }
  | { readonly at: 'wrong'; readonly path: Path; readonly what: string; readonly unknown?: true }

const SOURCES = ['cloudInitNoCloud', 'cloudInitConfigDrive']
/** KubeVirt takes the first of these keys that is there. */
const SECRET_KEYS = ['userdata', 'userData']

/** The cloud-init volumes of an instance, in the order of KubeVirt, which takes the first. */
export function cloudInitVolumes(object: unknown, instance: Path): readonly Path[] {
  const path = [...instance, 'volumes']
  const volumes = valueAt(object, path)
  if (!Array.isArray(volumes)) return []
  return volumes.flatMap((volume, at) =>
    SOURCES.filter(name => (valueAt(volume, [name]) ?? null) !== null).map(name => [...path, at, name]),
  )
}

function inVolume(object: unknown, path: Path, limit: number): UserDataField {
  const source = valueAt(object, path)
  if (!isRecord(source)) return { at: 'wrong', path, what: 'is not a mapping' }
  const { userData, userDataBase64 } = source
  const field = (name: string, text: unknown, other: string): UserDataField =>
    typeof text === 'string' || text === undefined
      ? { at: 'inline', path: [...path, name], text, base64: name === 'userDataBase64', other, limit }
      : { at: 'wrong', path: [...path, name], what: 'is not a string' }
  const filled = (value: unknown): boolean => (value ?? '') !== ''
  if (filled(userData)) return field('userData', userData, 'userDataBase64')
  if (filled(userDataBase64)) return field('userDataBase64', userDataBase64, 'userData')
  const name = valueAt(source, ['secretRef', 'name'])
  if (typeof name === 'string' && name !== '') return { at: 'secret', path: [...path, 'secretRef'], name }
  // Its name in the messages of KubeVirt, which the API leaves out without a word.
  if (source['userDataSecretRef'] !== undefined) {
    return {
      at: 'wrong',
      path: [...path, 'userDataSecretRef'],
      what: 'is under a key that the API does not know: it is secretRef there',
      unknown: true,
    }
  }
  return field('userData', userData ?? undefined, 'userDataBase64')
}

function inSecret(object: unknown): UserDataField {
  for (const key of SECRET_KEYS) {
    for (const holder of ['stringData', 'data']) {
      const text = valueAt(object, [holder, key])
      const path = [holder, key]
      // A Secret has no second field for a value: what is written stays in the form of the field.
      if (typeof text === 'string')
        return { at: 'inline', path, text, base64: holder === 'data', other: '', limit: Number.POSITIVE_INFINITY }
      if ((text ?? null) !== null) return { at: 'wrong', path, what: 'is not a string' }
    }
  }
  return { at: 'nowhere', path: ['data'] }
}

/** Where an object of a kind has its user-data. `limit` is for user-data inside a VM. */
export function userDataField(object: unknown, { instance }: Kind, limit: number): UserDataField {
  if (instance === undefined) return inSecret(object)
  const [first] = cloudInitVolumes(object, instance)
  return first === undefined ? { at: 'nowhere', path: [...instance, 'volumes'] } : inVolume(object, first, limit)
}

/** The bytes of user-data; undefined when the field should hold base64 and does not. */
export function bytesIn({ text = '', base64 }: InlineField): Uint8Array | undefined {
  if (!base64) return Uint8Array.from(Buffer.from(text, 'utf8'))
  return text.trim() === '' ? new Uint8Array() : decodeBase64(text)?.bytes
}

/** The field with these bytes. Text goes into a field for text, and into the other one what is none. */
function write({ path, text, base64, other }: InlineField, bytes: Uint8Array): readonly Edit[] {
  const layout = (base64 && decodeBase64(text ?? '')?.layout) || ONE_LINE
  const value = base64 ? encodeBase64(bytes, layout) : utf8Of(bytes)
  if (value === undefined) return [{ op: 'rename', path, to: other, value: encodeBase64(bytes, ONE_LINE) }]
  if (value === text) return []
  return text === undefined ? [{ op: 'add', path, value }] : [{ op: 'replace', path, value }]
}

/** How many bytes are too many, where the smallest form of user-data does not fit. */
export interface TooLarge {
  readonly bytes: number
  readonly packed: number
}

/**
 * The field with injected user-data: as it is when it fits, else in gzip as base64, which KubeVirt hands on and cloud-init
 * unpacks.
 */
export function written(field: InlineField, bytes: Uint8Array): readonly Edit[] | TooLarge {
  if (bytes.length <= field.limit) return write(field, bytes)
  const packed = isGzip(bytes) ? bytes : packGzip(bytes)
  if (packed.length > field.limit) return { bytes: bytes.length, packed: packed.length }
  if (field.base64) return write(field, packed)
  const value = encodeBase64(packed, ONE_LINE)
  return field.text === undefined
    ? [{ op: 'add', path: [...field.path.slice(0, -1), field.other], value }]
    : [{ op: 'rename', path: field.path, to: field.other, value }]
}

/**
 * The field with the operator's own user-data again. What travels in gzip inside a VM comes back as text where that is text and
 * fits; a field with nothing in it goes.
 */
export function restored(field: InlineField, bytes: Uint8Array): readonly Edit[] {
  const { path, other, limit } = field
  const unpacked = isGzip(bytes) ? unpackGzip(bytes) : undefined
  const bare = unpacked?.ok === true ? unpacked.bytes : bytes
  if (bare.length === 0 && other !== '') return [{ op: 'remove', path }]
  if (other === '' || !isGzip(bytesIn(field) ?? bare)) return write(field, bytes)
  if (bare.length > limit) return write(field, packGzip(bare))
  const text = utf8Of(bare)
  return text === undefined ? write(field, bare) : [{ op: 'rename', path, to: other, value: text }]
}
