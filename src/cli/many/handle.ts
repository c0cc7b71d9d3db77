import { sameBytes } from '../../decode/bytes.ts'
import type { Reporter } from '../../report/reporter.ts'
import { EXIT, type ExitCode, type Io, type Staged, type Staging } from '../io.ts'
import { whyNotRead, whyNotWritten } from '../reasons.ts'
import type { Transform } from '../transform.ts'
import { backupOf } from './backup.ts'
import type { Destination } from './destination.ts'
import type { InputFile } from './input-files.ts'
import type { FileOutcome } from './summary.ts'

/** What became of one file so far, and the file that waits to be put into its place. */
export interface FileResult {
  readonly outcome: FileOutcome
  readonly status: ExitCode
  readonly target?: string
  readonly staged?: Staged
}

/** What all files of a run share. */
export interface Run {
  readonly io: Io
  readonly transform: Transform
  readonly destination: Destination
  readonly reporter: Reporter
  readonly staging: Staging
}

/** What becomes of a document whose file cannot be written. */
export function unwritten(target: string, error: unknown, reporter: Reporter): FileResult {
  reporter.addFault(target, `cannot write ${target}: ${whyNotWritten(error)}`)
  return { outcome: 'unwritten', status: EXIT.bad }
}

/** Reads and judges one document and stages what it becomes, if that is asked for. */
export async function handle(file: InputFile, target: string, stage: boolean, run: Run): Promise<FileResult> {
  const { io, transform, destination, reporter, staging } = run
  const { path, name } = file
  const entry = io.stat(path)
  let bytes: Uint8Array
  try {
    bytes = await io.readFile(path)
  } catch (error) {
    reporter.addFault(path, `cannot read ${path}: ${whyNotRead(error)}`)
    return { outcome: 'unread', status: EXIT.bad }
  }
  const { output, injected, diagnostics, status } = transform(name, bytes)
  reporter.add(name, diagnostics)
  if (output === undefined) return { outcome: 'refused', status }
  const unchanged = sameBytes(output, bytes)
  const changed = injected ? 'injected' : 'uninjected'
  const outcome = unchanged ? 'unchanged' : changed
  if (!stage || ('suffix' in destination && unchanged)) return { outcome, status }
  try {
    const kept = 'suffix' in destination ? await backupOf(path, bytes, destination.suffix, io) : {}
    if (kept.fault !== undefined) {
      reporter.addFault(path, ...kept.fault)
      return { outcome: 'unwritten', status: EXIT.bad }
    }
    const staged = await staging.put(target, output, {
      ...(kept.backup !== undefined && { backup: kept.backup }),
      ...('suffix' in destination && entry !== undefined && { version: entry.version }),
      ...('folder' in destination && entry?.kind === 'file' && { mode: entry.mode }),
    })
    return { outcome, status, target, staged }
  } catch (error) {
    return unwritten(target, error, reporter)
  }
}
