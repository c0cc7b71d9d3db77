import { PACKAGES_CONF } from '../../userdata-templates/generated/places.ts'
import { digestOf } from '../decode/digest.ts'
import type { CarriedFile } from '../decode/injection/carried-files.ts'
import { UNSEEN_PATH } from '../render/injection.ts'
import type { Contents, Readable } from './contents.ts'
import { hunksOf } from './diff.ts'
import { masked } from './mask/mask.ts'
import type { Change, FileChange } from './model.ts'

/** Programs and units are the tool's own, the same on every VM, and so is what this version packs; the rest is the operator's. */
const isCommon = ({ path, content }: CarriedFile): boolean =>
  content.startsWith('#!') || path.endsWith('.service') || path === UNSEEN_PATH || content === PACKAGES_CONF

const readable = (file: CarriedFile | undefined): Readable => {
  const raw = file?.content ?? ''
  return { raw, shown: file === undefined || isCommon(file) ? raw : masked(raw) }
}

const fileLabel = ({ path, mode, once, by }: CarriedFile): string =>
  `guest:${path} (${mode} root:root, by ${by}${once ? ', once an instance' : ''})`

/** How one guest file becomes another; undefined when nothing of it changes. */
export function fileChange(was: CarriedFile | undefined, is: CarriedFile | undefined): Change | undefined {
  const path = (is ?? was)?.path
  const [before, after] = [was, is].map(file => (file === undefined ? undefined : fileLabel(file)))
  const hunks = hunksOf(readable(was), readable(is))
  if (path === undefined || (before === after && hunks.length === 0)) return undefined
  const modes = was !== undefined && is !== undefined && was.mode !== is.mode
  return {
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(modes && { oldMode: was.mode, newMode: is.mode }),
    hunks,
  }
}

interface Pair {
  readonly was: CarriedFile | undefined
  readonly is: CarriedFile | undefined
}

/** The guest files of both sides, those that would go away at the end. */
export function pairsOf(before: Contents, after: Contents): readonly Pair[] {
  const [old, now] = [before.files, after.files]
  const gone = old.filter(was => !now.some(({ path }) => path === was.path))
  return [
    ...now.map(is => ({ was: old.find(({ path }) => path === is.path), is })),
    ...gone.map(was => ({ was, is: undefined })),
  ]
}

const changeOf = ({ was, is }: Pair): FileChange['change'] => {
  if (was === undefined) return 'added'
  if (is === undefined) return 'removed'
  return fileChange(was, is) === undefined ? 'none' : 'changed'
}

export function filesOf(pairs: readonly Pair[]): readonly FileChange[] {
  return pairs.flatMap(pair => {
    const file = pair.is ?? pair.was
    if (file === undefined) return []
    const { path, mode, once, by, content } = file
    const bytes = Buffer.byteLength(content)
    const { shown } = readable(file)
    const [common, digest] = [isCommon(file), digestOf(Buffer.from(content).toString('latin1'))]
    return [{ path, mode, owner: 'root:root', bytes, once, by, change: changeOf(pair), common, digest, content: shown }]
  })
}
