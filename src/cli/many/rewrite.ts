import type { Reporter } from '../../report/reporter.ts'
import { type Call, flag, text } from '../command.ts'
import { checkStdin } from '../input.ts'
import { EXIT, type ExitCode, type Io, worstStatus } from '../io.ts'
import type { Transform } from '../transform.ts'
import { destinationOf } from './destination.ts'
import { type FileResult, handle, unwritten } from './handle.ts'
import { inputFilesOf } from './input-files.ts'
import { progress } from './progress.ts'
import { reporterOf } from './reporters.ts'
import { summary } from './summary.ts'
import { targetsBelow } from './targets.ts'

/** Waits until the disk has all files that wait; what it does not take is not written. */
async function synced(results: readonly FileResult[], reporter: Reporter): Promise<readonly FileResult[]> {
  const settled: FileResult[] = []
  for (const result of results) {
    const { target = '', staged } = result
    try {
      await staged?.synced()
      settled.push(result)
    } catch (error) {
      settled.push(unwritten(target, error, reporter))
    }
  }
  return settled
}

/** Puts the files into their places. When one cannot be, those after it are left alone, unless the run keeps going. */
function place(results: readonly FileResult[], keepGoing: boolean, reporter: Reporter): readonly FileResult[] {
  let stopped = false
  return results.map(result => {
    const { target, staged } = result
    if (target === undefined || staged === undefined) return result
    if (stopped) {
      reporter.addFault(target, `${target} is not written, because one before it could not be`)
      return { outcome: 'unwritten', status: EXIT.bad }
    }
    try {
      staged.commit()
      return result
    } catch (error) {
      stopped = !keepGoing
      return unwritten(target, error, reporter)
    }
  })
}

/** Rewrites many documents: all of them, or with an error in one of them none, unless the run keeps going. */
export async function rewriteMany(call: Call, io: Io, prepare: () => Promise<Transform>): Promise<ExitCode> {
  const { operands, values } = call
  const destination = destinationOf(call)
  checkStdin(call, io)
  const { files, faults } = inputFilesOf(operands, io)
  const targets = 'folder' in destination ? targetsBelow(destination.folder, files, io) : files.map(({ path }) => path)
  const transform = await prepare()
  const [quiet, keepGoing] = [flag(values, 'quiet'), flag(values, 'keep-going')]
  const reporter = reporterOf(call, io)
  for (const { path, message } of faults) reporter.addFault(path, message)
  const shown = progress(files.length, call, io)
  const staging = io.staging()
  const run = { io, transform, destination, reporter, staging }
  let results: readonly FileResult[] = faults.map(() => ({ outcome: 'unread', status: EXIT.bad }))
  let stopped = faults.length > 0 && !keepGoing
  try {
    const handled = [...results]
    for (const [index, file] of files.entries()) {
      shown.at(index)
      // Signals are heard between two documents.
      await new Promise(resolve => setImmediate(resolve))
      const result = await handle(file, targets[index] ?? file.path, !stopped, run)
      handled.push(result)
      if (keepGoing || result.status === EXIT.done) continue
      stopped = true
      staging.discard()
    }
    results = stopped ? handled : await synced(handled, reporter)
    stopped ||= !keepGoing && results.some(({ status }) => status !== EXIT.done)
    if (!stopped) results = place(results, keepGoing, reporter)
  } finally {
    shown.end()
    staging.discard()
  }
  const report = reporter.text(!stopped)
  io.stderr(report)
  if (!quiet && text(values, 'output') !== 'json') {
    const outcomes = results.map(({ outcome }) => outcome)
    io.stderr(`${report === '' ? '' : '\n'}${summary(outcomes, stopped ? 'nothing done' : 'done')}`)
  }
  return worstStatus(results.map(({ status }) => status))
}
