import { sameBytes } from '../../decode/bytes.ts'
import { uninject } from '../../index.ts'
import type { Io } from '../io.ts'

/** Where the original is to be kept; undefined when it is kept already. */
export interface Backup {
  readonly backup?: string
  /** Why the file must not be rewritten. */
  readonly fault?: readonly [message: string, hint: string]
}

/**
 * The backup of a file that is rewritten in place, beside it (behind a symbolic link beside its target). One that is there
 * is never written over: what was injected before has its original there, or in itself.
 */
export async function backupOf(path: string, bytes: Uint8Array, suffix: string, io: Io): Promise<Backup> {
  const backup = io.realPath(path) + suffix
  if (io.stat(backup) === undefined) return { backup }
  if (sameBytes(await io.readFile(backup), bytes) || uninject(bytes).injected) return {}
  return {
    fault: [
      `cannot rewrite ${path}: ${path}${suffix} keeps another original, which is not written over`,
      'move it away, or keep this original under another suffix with --backup',
    ],
  }
}
