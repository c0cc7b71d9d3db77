import { stat } from 'node:fs/promises'
import type { Log } from './log.ts'
import type { Counter } from './metrics.ts'

/** Something that was read from files and can be read again. */
export interface Reloadable {
  readonly what: 'tls' | 'token' | 'values'
  readonly paths: readonly string[]
  /** Whether a changed file is enough; else a signal has to ask for it. */
  readonly watched: boolean
  /** Takes over what the files hold now. Throws, and leaves all as it was, when that cannot be used. */
  load(): Promise<void>
}

export interface Reloader {
  /** Reads everything again. */
  all(): Promise<void>
  /** Reads again what has changed. */
  changed(): Promise<void>
}

/** Tells one state of a file from another, also when it is replaced by a link that leads elsewhere. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'missing'
  }
}

/** Keeps what was read from files in step with them. What cannot be used is told in the log, and the old one stays. */
export async function createReloader(items: readonly Reloadable[], log: Log, counter: Counter): Promise<Reloader> {
  const stampsOf = async ({ paths }: Reloadable): Promise<string> => (await Promise.all(paths.map(stampOf))).join('\n')
  const stamps = new Map<Reloadable, string>()
  for (const item of items) stamps.set(item, await stampsOf(item))
  let last = Promise.resolve()

  async function reload(item: Reloadable): Promise<void> {
    const { what } = item
    stamps.set(item, await stampsOf(item))
    try {
      await item.load()
      counter.add({ what, outcome: 'done' })
      log('info', 'reload', { what, outcome: 'done' })
    } catch (error) {
      counter.add({ what, outcome: 'kept' })
      const { code } = error as NodeJS.ErrnoException
      log('error', 'reload', { what, outcome: 'kept', reason: code ?? `the new ${what} cannot be used` })
    }
  }

  /** One at a time, in the order in which they were asked for. */
  const queued = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work)
    return last
  }

  return {
    all: () =>
      queued(async () => {
        for (const item of items) await reload(item)
      }),
    changed: () =>
      queued(async () => {
        for (const item of items) {
          if (item.watched && (await stampsOf(item)) !== stamps.get(item)) await reload(item)
        }
      }),
  }
}
