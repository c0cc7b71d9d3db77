import { constants, copyFileSync, linkSync, mkdirSync, rmdirSync, rmSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Entry, Staging } from './io.ts'
import { realPaths } from './real-path.ts'
import { MODE_BITS, type StagedFile, stageFile } from './replace-file.ts'
import { Syncing } from './syncing.ts'

/** Signals that end a process and that it may hear of. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Codes of a file that cannot have a second name here. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'])

function kindOf(stats: Stats): Entry['kind'] {
  if (stats.isFile()) return 'file'
  return stats.isDirectory() ? 'folder' : 'other'
}

/** What stands at a path, as the commands see it. */
export function statEntry(stats: Stats): Entry {
  const { dev, ino, size, mtimeMs, mode } = stats
  return {
    kind: kindOf(stats),
    mode: mode & MODE_BITS,
    version: [dev, ino, size, mtimeMs].join(':'),
  }
}

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
  const syncing = new Syncing()
  const real = realPaths()
  const discard = (): void => {
    for (const signal of ENDING) process.off(signal, end)
    syncing.stop()
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
      if (syncing.isFull) await syncing.start()
      const folder = dirname(resolve(path))
      if (!there.has(folder)) folders.push(...makeFolder(folder).toReversed())
      there.add(folder)
      const file = stageFile(path, content, mode, real)
      waiting.add(file)
      const outcome = syncing.add(file.file)
      if (backup !== undefined) {
        keep(file.target, backup)
        backups.set(file, backup)
      }
      return {
        async synced() {
          if (!syncing.isEmpty) await syncing.start()
          const error = await outcome
          if (error !== null) throw error
        },
        commit() {
          if (version !== undefined && statEntry(statSync(file.target)).version !== version) {
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
