import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { realPaths } from './real-path.ts'

export const MODE_BITS = 0o7777

/** The owner only when we may: an ordinary user cannot give files away, and need not. */
function keepOwner(file: number, { uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/** A name beside the target that nothing has: tries numbers, as `open` with `wx` refuses a name that is taken. */
function openBeside(target: string, mode: number): { readonly path: string; readonly file: number } {
  for (let attempt = 0; ; attempt++) {
    const path = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}-${attempt}`)
    try {
      return { path, file: openSync(path, 'wx', mode) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 100) throw error
    }
  }
}

/** A file that is written whole and waits beside its place. */
export interface StagedFile {
  /** Its place, symbolic links followed. */
  readonly target: string
  /** Its descriptor: still open, so that it can be synced. */
  readonly file: number
  /** Renames it into its place. */
  readonly commit: () => void
  /** Takes it away; nothing when it is in its place. */
  readonly discard: () => void
}

const isPlain = (path: string, existing: Stats | undefined): boolean =>
  !path.endsWith('/') && (existing === undefined || existing.isFile())

/**
 * Writes a file beside its place, with the owner and the mode of the one that stands there, or the mode that is given. Behind a
 * symbolic link the place is that of the target, which `real` finds. Only a plain file has a place in this sense. The caller has the
 * descriptor to sync and to close. Leaves nothing behind when it throws, NodeJS errors with `code`.
 */
export function stageFile(
  path: string,
  content: Uint8Array,
  given?: number,
  real: (path: string) => string = realPaths(),
): StagedFile {
  const existing = statSync(path, { throwIfNoEntry: false })
  if (!isPlain(path, existing)) {
    const code = existing?.isFile() === false && !existing.isDirectory() ? 'ENOTPLAIN' : 'EISDIR'
    throw Object.assign(new Error('it is not a plain file'), { code })
  }
  const target = real(path)
  const mode = given ?? existing?.mode
  // Nobody may read along before the file has its mode.
  const { path: temporary, file } = openBeside(target, mode === undefined ? 0o666 : 0o600)
  const discard = (): void => rmSync(temporary, { force: true })
  try {
    if (existing !== undefined) keepOwner(file, existing)
    if (mode !== undefined) fchmodSync(file, mode & MODE_BITS)
    writeFileSync(file, content)
  } catch (error) {
    closeSync(file)
    discard()
    throw error
  }
  return { target, file, commit: () => renameSync(temporary, target), discard }
}

/**
 * Writes a file whole or not at all: staged, synced and renamed over its place. Readers see the old file or the new one, never
 * half. A pipe or a device cannot be replaced and is written to. Throws NodeJS errors with `code`.
 */
export function replaceFile(path: string, content: Uint8Array, mode?: number): void {
  if (!isPlain(path, statSync(path, { throwIfNoEntry: false }))) {
    writeFileSync(path, content)
    return
  }
  const staged = stageFile(path, content, mode)
  try {
    try {
      fsyncSync(staged.file)
    } finally {
      closeSync(staged.file)
    }
    staged.commit()
  } catch (error) {
    staged.discard()
    throw error
  }
}
