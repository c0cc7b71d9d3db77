import { type Call, flag, text } from '../command.ts'
import { checkStdin } from '../input.ts'
import { EXIT, type ExitCode, type Io, worst } from '../io.ts'
import type { Make } from '../made.ts'
import { documentsOf } from './documents.ts'
import { goalOf } from './goal.ts'
import { handle, type Result, unwritten } from './handle.ts'
import { progress } from './progress.ts'
import { summary } from './summary.ts'
import { targetsBelow } from './targets.ts'
import type { Teller } from './teller.ts'
import { tellerOf } from './tellers.ts'

/** Waits until the disk has all files that wait; what it does not take is not written. */
async function synced(results: readonly Result[], tell: Teller): Promise<readonly Result[]> {
  const settled: Result[] = []
  for (const result of results) {
    const { target = '', staged } = result
    try {
      await staged?.synced()
      settled.push(result)
    } catch (error) {
      settled.push(unwritten(target, error, tell))
    }
  }
  return settled
}

/** Puts the files into their places. When one cannot be, those after it are left alone, unless the run keeps going. */
function place(results: readonly Result[], keepGoing: boolean, tell: Teller): readonly Result[] {
  let stopped = false
  return results.map(result => {
    const { target, staged } = result
    if (target === undefined || staged === undefined) return result
    if (stopped) {
      tell.fault(target, `${target} is not written, because one before it could not be`)
      return { deed: 'unwritten', status: EXIT.bad }
    }
    try {
      staged.commit()
      return result
    } catch (error) {
      stopped = !keepGoing
      return unwritten(target, error, tell)
    }
  })
}

/** Rewrites many documents: all of them, or with an error in one of them none, unless the run keeps going. */
export async function rewriteMany(call: Call, io: Io, makeOf: () => Promise<Make>): Promise<ExitCode> {
  const { operands, values } = call
  const goal = goalOf(call)
  checkStdin(call, io)
  const { documents, faults } = documentsOf(operands, io)
  const targets = 'folder' in goal ? targetsBelow(goal.folder, documents, io) : documents.map(({ path }) => path)
  const make = await makeOf()
  const [quiet, keepGoing] = [flag(values, 'quiet'), flag(values, 'keep-going')]
  const tell = tellerOf(call, io)
  for (const { path, message } of faults) tell.fault(path, message)
  const shown = progress(documents.length, call, io)
  const staging = io.staging()
  const run = { io, make, goal, tell, staging }
  let results: readonly Result[] = faults.map(() => ({ deed: 'unread', status: EXIT.bad }))
  let stopped = faults.length > 0 && !keepGoing
  try {
    const handled = [...results]
    for (const [index, document] of documents.entries()) {
      shown.at(index)
      // Signals are heard between two documents.
      await new Promise(resolve => setImmediate(resolve))
      const result = await handle(document, targets[index] ?? document.path, !stopped, run)
      handled.push(result)
      if (keepGoing || result.status === EXIT.done) continue
      stopped = true
      staging.discard()
    }
    results = stopped ? handled : await synced(handled, tell)
    stopped ||= !keepGoing && results.some(({ status }) => status !== EXIT.done)
    if (!stopped) results = place(results, keepGoing, tell)
  } finally {
    shown.end()
    staging.discard()
  }
  const said = tell.text(!stopped)
  io.stderr(said)
  if (!quiet && text(values, 'output') !== 'json') {
    const deeds = results.map(({ deed }) => deed)
    io.stderr(`${said === '' ? '' : '\n'}${summary(deeds, stopped ? 'nothing done' : 'done')}`)
  }
  return worst(results.map(({ status }) => status))
}
