import {
  closeSync,
  constants,
  copyFileSync,
  fsync,
  linkSync,
  mkdirSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Entry, Staging } from './io.ts'
import { realPaths } from './real-path.ts'
import { type StagedFile, stageFile } from './replace-file.ts'

const MODE_BITS = 0o7777
/** Signals that end a process and that it may hear of. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Codes of a file that cannot have a second name here. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'])

/** What stands at a path, as the commands see it. */
export function entryOf(stats: Stats): Entry {
  const { dev, ino, size, mtimeMs, mode } = stats
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
    mode: mode & MODE_BITS,
    version: [dev, ino, size, mtimeMs].join(':'),
  }
}

/** Files that are on their way to the disk at once: a journal takes many together as fast as it takes one. */
const MOST_ON_THE_WAY = 64

/** Writes a file through to the disk while other work goes on, and closes it; gives the error, if any. */
const sync = (file: number): Promise<Error | null> =>
  new Promise(done =>
    fsync(file, error => {
      closeSync(file)
      done(error)
    }),
  )

/** Makes a folder with those above it that are missing; gives the made ones, innermost first. */
function makeFolder(folder: string): readonly string[] {
  const outermost = mkdirSync(folder, { recursive: true })
  const made: string[] = []
  for (let at = folder; outermost !== undefined && at.length >= outermost.length; at = dirname(at)) made.push(at)
  return made
}

/**
 * Keeps what stands at a path under a second name: the file itself, which a rename over the first name leaves alone, or a
 * copy where the file system or its owner does not allow that.
 */
function keep(path: string, backup: string): void {
  try {
    linkSync(path, backup)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(path, backup, constants.COPYFILE_EXCL)
  }
}

/** Files of the process that are written all together or not at all. */
export function staging(): Staging {
  const waiting = new Set<StagedFile>()
  const backups = new Map<StagedFile, string>()
  const folders: string[] = []
  const there = new Set<string>()
  const onTheWay: Promise<Error | null>[] = []
  const real = realPaths()
  const discard = (): void => {
    for (const signal of ENDING) process.off(signal, end)
    for (const file of waiting) {
      file.discard()
      const backup = backups.get(file)
      if (backup !== undefined) rmSync(backup, { force: true })
    }
    waiting.clear()
    for (const folder of folders.reverse()) {
      try {
        rmdirSync(folder)
      } catch {
        // Something stands in it: it stays.
      }
    }
    folders.length = 0
  }
  const end = (signal: NodeJS.Signals): void => {
    discard()
    process.kill(process.pid, signal)
  }
  for (const signal of ENDING) process.on(signal, end)
  return {
    async put(path, content, { mode, backup, version }) {
      if (onTheWay.length === MOST_ON_THE_WAY) await onTheWay.shift()
      const folder = dirname(resolve(path))
      if (!there.has(folder)) folders.push(...makeFolder(folder).toReversed())
      there.add(folder)
      const file = stageFile(path, content, mode, real)
      waiting.add(file)
      const outcome = sync(file.file)
      onTheWay.push(outcome)
      if (backup !== undefined) {
        keep(file.target, backup)
        backups.set(file, backup)
      }
      return {
        async synced() {
          const error = await outcome
          if (error !== null) throw error
        },
        commit() {
          if (version !== undefined && entryOf(statSync(file.target)).version !== version) {
            throw new Error('it was changed by somebody else meanwhile')
          }
          file.commit()
          waiting.delete(file)
        },
      }
    },
    discard,
  }
}
