import type { Io } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

/** What a test's process finds around it. */
export interface World {
  readonly stdin?: string | Uint8Array
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly env?: Readonly<Record<string, string>>
  readonly stdinIsTerminal?: boolean
  readonly stderrIsTerminal?: boolean
  /** Exit status of every script that is run; 0 when absent. */
  readonly scriptStatus?: number
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

const fault = (code: string): Error => Object.assign(new Error(`${code}: fault`), { code })

/** An Io without a process: named files, standard input, and what was written where. */
function ioOf(world: World): {
  readonly io: Io
  readonly outcome: Omit<Outcome, 'exit'> & { stderr: string; stdout: Buffer; scripts: string[] }
} {
  const files = new Map(Object.entries(world.files ?? {}))
  const written = new Map<string, Buffer>()
  const scripts: string[] = []
  const modes = new Map<string, number>()
  const outcome = { stdout: Buffer.alloc(0), stderr: '', written, scripts, modes }
  let stdin: string | Uint8Array | undefined = world.stdin ?? ''
  const io: Io = {
    env: world.env ?? {},
    stdinIsTerminal: world.stdinIsTerminal === true,
    stderrIsTerminal: world.stderrIsTerminal === true,
    exists: path => files.has(path),
    async readStdin() {
      if (stdin === undefined) throw new Error('standard input was read twice')
      const content = Buffer.from(stdin)
      stdin = undefined
      return Uint8Array.from(content)
    },
    async readFile(path) {
      const content = files.get(path)
      if (path.endsWith('/')) throw fault('EISDIR')
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
