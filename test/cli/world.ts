import { posix } from 'node:path'
import type { Entry, Io, Staging } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

/** What a test's process finds around it. */
export interface World {
  readonly stdin?: string | Uint8Array
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly env?: Readonly<Record<string, string>>
  readonly stdinIsTerminal?: boolean
  readonly stdoutIsTerminal?: boolean
  readonly stderrIsTerminal?: boolean
  /** Exit status of every script that is run; 0 when absent. */
  readonly scriptStatus?: number
  /** Permission bits of files, by path; 0644 when absent. */
  readonly modes?: Readonly<Record<string, number>>
  /** Symbolic links, and the folders that some of them lead to; the others lead nowhere. */
  readonly links?: readonly string[]
  readonly leads?: Readonly<Record<string, string>>
  /** Codes with which staging a file, syncing it or putting it into its place fails, by path. */
  readonly staging?: Readonly<Record<string, string>>
  readonly syncing?: Readonly<Record<string, string>>
  readonly placing?: Readonly<Record<string, string>>
  /** Milliseconds that pass from one look at the clock to the next; 0 when absent. */
  readonly tick?: number
  /** Which judgements take too long, counted from 0; none when absent. */
  readonly slow?: readonly number[]
  /** When SIGTERM arrives; never when absent. */
  readonly untilTerminated?: Promise<void>
}

/** What a run left behind. */
export interface Outcome {
  readonly exit: number
  readonly stdout: Buffer
  readonly stderr: string
  /** Files that were written, by path. */
  readonly written: ReadonlyMap<string, Buffer>
  /** Modes that were asked for, by path. */
  readonly modes: ReadonlyMap<string, number>
  /** Scripts that were run. */
  readonly scripts: readonly string[]
}

type Files = Map<string, string | Uint8Array>

/** A path as the world knows it: every run stands in /world. */
const keyOf = (path: string): string => posix.relative('/world', posix.resolve('/world', path))

/** The names below a folder, which exists because of them. */
function listIn(files: Files, links: readonly string[], folder: string): ReturnType<Io['list']> {
  const start = keyOf(folder) === '' ? '' : `${keyOf(folder)}/`
  const below = [...files.keys(), ...links].filter(path => path.startsWith(start)).map(path => path.slice(start.length))
  return [...new Set(below.map(path => path.split('/')[0] ?? ''))].map(name => ({
    name,
    kind: links.includes(start + name) ? 'link' : files.has(start + name) ? 'file' : 'folder',
  }))
}

/** Files that wait in memory until they are put into their places. */
function stagingOf(world: World, files: Files, outcome: { written: Map<string, Buffer>; modes: Map<string, number> }) {
  const put = (path: string, content: string | Uint8Array): void => {
    outcome.written.set(keyOf(path), Buffer.from(content))
    files.set(keyOf(path), content)
  }
  return (): Staging => ({
    async put(path, content, { mode, backup }) {
      const refused = world.staging?.[keyOf(path)]
      if (refused !== undefined) throw fault(refused)
      return {
        async synced() {
          const failed = world.syncing?.[keyOf(path)]
          if (failed !== undefined) throw fault(failed)
        },
        commit() {
          const failed = world.placing?.[keyOf(path)]
          if (failed !== undefined) throw fault(failed)
          if (backup !== undefined) put(backup, files.get(keyOf(path)) ?? '')
          put(path, content)
          if (mode !== undefined) outcome.modes.set(keyOf(path), mode)
        },
      }
    },
    discard() {},
  })
}

const fault = (code: string): Error => Object.assign(new Error(`${code}: fault`), { code })

/** An Io without a process: named files, standard input, and what was written where. */
export function ioOf(world: World): {
  readonly io: Io
  readonly outcome: Omit<Outcome, 'exit'> & { stderr: string; stdout: Buffer; scripts: string[] }
} {
  const files: Files = new Map(Object.entries(world.files ?? {}).map(([path, content]) => [keyOf(path), content]))
  const written = new Map<string, Buffer>()
  const scripts: string[] = []
  const modes = new Map<string, number>()
  const outcome = { stdout: Buffer.alloc(0), stderr: '', written, scripts, modes }
  const links = world.links ?? []
  const stat = (path: string): Entry | undefined => {
    const lead = world.leads?.[keyOf(path)]
    if (lead !== undefined) return stat(lead)
    const kind = files.has(keyOf(path)) ? 'file' : listIn(files, links, path).length > 0 ? 'folder' : undefined
    return kind && { kind, mode: world.modes?.[keyOf(path)] ?? 0o644, version: '1' }
  }
  let now = 0
  let judgements = 0
  let stdin: string | Uint8Array | undefined = world.stdin ?? ''
  const io: Io = {
    env: world.env ?? {},
    stdinIsTerminal: world.stdinIsTerminal === true,
    stdoutIsTerminal: world.stdoutIsTerminal === true,
    stderrIsTerminal: world.stderrIsTerminal === true,
    now() {
      now += world.tick ?? 0
      return now
    },
    inTime: judge => (world.slow?.includes(judgements++) ? undefined : judge()),
    stat,
    list: folder => listIn(files, links, folder),
    realPath: path => posix.resolve('/world', path),
    staging: stagingOf(world, files, outcome),
    async readStdin() {
      if (stdin === undefined) throw new Error('standard input was read twice')
      const content = Buffer.from(stdin)
      stdin = undefined
      return Uint8Array.from(content)
    },
    async readFile(path) {
      const content = files.get(keyOf(path))
      if (path.endsWith('/') || stat(path)?.kind === 'folder') throw fault('EISDIR')
      if (content === undefined) throw fault('ENOENT')
      return Uint8Array.from(Buffer.from(content))
    },
    async writeFile(path, content, mode) {
      if (path.startsWith('missing/')) throw fault('ENOENT')
      written.set(path, Buffer.from(content))
      if (mode !== undefined) modes.set(path, mode)
    },
    async runScript(script) {
      outcome.scripts.push(script)
      return world.scriptStatus ?? 0
    },
    process: {
      pid: 1,
      memory: () => 0,
      onSignal(signal, run) {
        if (signal === 'SIGTERM') world.untilTerminated?.then(run)
        return () => {}
      },
    },
    stdout(content) {
      outcome.stdout = Buffer.concat([outcome.stdout, Buffer.from(content)])
    },
    stderr(text) {
      outcome.stderr += text
    },
  }
  return { io, outcome }
}

/** Runs the command line in a world of its own. */
export async function runIn(world: World, ...argv: readonly string[]): Promise<Outcome> {
  const { io, outcome } = ioOf(world)
  const exit = await run(argv, io)
  return { ...outcome, exit }
}
