import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

const MODE_BITS = 0o7777
const MOST_LINKS = 40

/** The file behind a path, symbolic links followed; it need not exist yet. */
function targetOf(path: string, links = 0): string {
  const folder = realpathSync(dirname(path))
  const here = join(folder, basename(path))
  const isLink = lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink && links < MOST_LINKS ? targetOf(resolve(folder, readlinkSync(here)), links + 1) : here
}

function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) at += writeSync(file, content, at)
}

/** The owner only when we may: an ordinary user cannot give files away, and need not. */
function keepOwner(file: number, { uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/** A name beside the target that nothing has: tries numbers, as `open` with `wx` refuses a name that is taken. */
function openBeside(target: string): { readonly path: string; readonly file: number } {
  for (let attempt = 0; ; attempt++) {
    const path = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}-${attempt}`)
    try {
      return { path, file: openSync(path, 'wx', 0o666) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 100) throw error
    }
  }
}

/**
 * Writes a file whole or not at all: a temporary file beside the target, synced and renamed over it. Readers see the old
 * file or the new one, never half. An existing file keeps its mode and owner; behind a symbolic link its target is
 * replaced, not the link. A pipe or a device cannot be replaced and is written to. Throws NodeJS errors with `code`.
 */
export function replaceFile(path: string, content: Uint8Array): void {
  const existing = statSync(path, { throwIfNoEntry: false })
  if (path.endsWith('/') || (existing !== undefined && !existing.isFile())) {
    const device = openSync(path, 'w')
    writeAll(device, content)
    closeSync(device)
    return
  }
  const target = targetOf(path)
  const { path: temporary, file } = openBeside(target)
  try {
    try {
      writeAll(file, content)
      if (existing !== undefined) {
        keepOwner(file, existing)
        fchmodSync(file, existing.mode & MODE_BITS)
      }
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
