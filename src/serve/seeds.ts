import { closeSync, constants, fstatSync, open as openFile, readFileSync, realpath as resolvePath } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { UNPACKED_LIMIT } from '../decode/gzip.ts'

export type SeedFile = 'meta-data' | 'user-data' | 'vendor-data' | 'network-config'

export type Seed =
  | { readonly found: 'file'; readonly bytes: Uint8Array }
  /** The instance is there, the file is not. */
  | { readonly found: 'nothing' }
  | { readonly found: 'no-instance' }
  /** Something is there that is not to be served; why, in words that name no path. */
  | { readonly found: 'refused'; readonly why: string }

/** Where the instances and their files come from. The names are well-formed: one segment of a path each. */
export interface Seeds {
  read(instance: string, file: SeedFile): Promise<Seed>
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'an unknown error'
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
const refused = (why: string): Seed => ({ found: 'refused', why })

// What can wait, for a disk or a network, is not waited for; a handle of `node:fs/promises` costs more than all the rest.
const realpath = promisify(resolvePath.native)
const open = promisify(openFile)

async function readRegular(path: string): Promise<Seed> {
  // Neither waits for the writer of a pipe nor follows a link that took the place of the file.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    const about = fstatSync(file)
    if (!about.isFile()) return refused('it is not a regular file')
    if (about.size > UNPACKED_LIMIT) return refused('it is too large')
    return { found: 'file', bytes: readFileSync(file) }
  } finally {
    closeSync(file)
  }
}

/** A directory with a directory for each instance. Symbolic links may lead from one place in it to another, not out of it. */
export async function directorySeeds(directory: string): Promise<Seeds> {
  const base = await realpath(directory)
  const within = base.endsWith(sep) ? base : base + sep

  async function withoutFile(instance: string): Promise<Seed> {
    try {
      const path = await realpath(join(base, instance))
      return path.startsWith(within) && (await stat(path)).isDirectory()
        ? { found: 'nothing' }
        : { found: 'no-instance' }
    } catch (error) {
      return isMissing(error) ? { found: 'no-instance' } : refused(codeOf(error))
    }
  }

  return {
    async read(instance, file) {
      try {
        const path = await realpath(join(base, instance, file))
        return path.startsWith(within) ? await readRegular(path) : refused('it leads out of the directory')
      } catch (error) {
        return isMissing(error) ? withoutFile(instance) : refused(codeOf(error))
      }
    },
  }
}
