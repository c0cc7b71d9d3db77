import { EXIT, type ExitCode, type Io, type Staged, type Staging } from '../io.ts'
import type { Make } from '../made.ts'
import { whyNotRead, whyNotWritten } from '../reasons.ts'
import { backupOf } from './backup.ts'
import type { Document } from './documents.ts'
import type { Goal } from './goal.ts'
import type { Deed } from './summary.ts'
import type { Teller } from './teller.ts'

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** What became of one document so far, and the file that waits to be put into its place. */
export interface Result {
  readonly deed: Deed
  readonly status: ExitCode
  readonly target?: string
  readonly staged?: Staged
}

/** What all documents of a run share. */
export interface Run {
  readonly io: Io
  readonly make: Make
  readonly goal: Goal
  readonly tell: Teller
  readonly staging: Staging
}

/** What becomes of a document whose file cannot be written. */
export function unwritten(target: string, error: unknown, tell: Teller): Result {
  tell.fault(target, `cannot write ${target}: ${whyNotWritten(error)}`)
  return { deed: 'unwritten', status: EXIT.bad }
}

/** Reads and judges one document and stages what it becomes, if that is asked for. */
export async function handle(document: Document, target: string, stage: boolean, run: Run): Promise<Result> {
  const { io, make, goal, tell, staging } = run
  const { path, name } = document
  const entry = io.stat(path)
  let bytes: Uint8Array
  try {
    bytes = await io.readFile(path)
  } catch (error) {
    tell.fault(path, `cannot read ${path}: ${whyNotRead(error)}`)
    return { deed: 'unread', status: EXIT.bad }
  }
  const { output, injected, diagnostics, status } = make(name, bytes)
  tell.tell(name, diagnostics)
  if (output === undefined) return { deed: 'refused', status }
  const unchanged = same(output, bytes)
  const deed = unchanged ? 'left' : injected ? 'injected' : 'out'
  if (!stage || ('suffix' in goal && unchanged)) return { deed, status }
  try {
    const kept = 'suffix' in goal ? await backupOf(path, bytes, goal.suffix, io) : {}
    if (kept.fault !== undefined) {
      tell.fault(path, ...kept.fault)
      return { deed: 'unwritten', status: EXIT.bad }
    }
    const staged = await staging.put(target, output, {
      ...(kept.backup !== undefined && { backup: kept.backup }),
      ...('suffix' in goal && entry !== undefined && { version: entry.version }),
      ...('folder' in goal && entry?.kind === 'file' && { mode: entry.mode }),
    })
    return { deed, status, target, staged }
  } catch (error) {
    return unwritten(target, error, tell)
  }
}
