import { cpuUsage } from 'node:process'
import { Script } from 'node:vm'
import type { InjectOptions } from '../index.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { lacked } from '../serve/processor-time.ts'
import { EXIT, type ExitCode, type Io } from './io.ts'

/** What one judgement may take: with start and writing a run is over within five seconds, as a job is behind HTTP. */
export const JUDGEMENT_MILLISECONDS = 4500

/** A script reaches global names only: here it finds what it is to run. */
const WORK = Symbol.for('consul-vm-inject.work')
const CALL = `globalThis[Symbol.for('${WORK.description}')]()`

let script: Script | undefined

const isTimeout = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/**
 * What the work gives; undefined when it was stopped. Node ends scripts that run too long, and all that they call. Work has no side
 * effects: where others had the processors it is begun once more, with as much longer as its share was smaller.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T | undefined {
  let result: T | undefined
  const run = (): void => {
    result = work()
  }
  Object.defineProperty(globalThis, WORK, { value: run, configurable: true })
  try {
    script ??= new Script(CALL)
    const start = cpuUsage()
    try {
      script.runInThisContext({ timeout: milliseconds })
      return result
    } catch (error) {
      if (!isTimeout(error)) throw error
    }
    const more = lacked(start, milliseconds)
    if (more === 0) return undefined
    script.runInThisContext({ timeout: milliseconds + more })
    return result
  } catch (error) {
    if (isTimeout(error)) return undefined
    throw error
  } finally {
    Reflect.deleteProperty(globalThis, WORK)
  }
}

/** What comes of a document whose judgement was stopped. */
export interface Stopped {
  readonly output: undefined
  readonly preview: undefined
  readonly injected: false
  readonly diagnostics: readonly Diagnostic[]
  readonly status: ExitCode
}

const STOPPED: Stopped = {
  output: undefined,
  preview: undefined,
  injected: false,
  diagnostics: [
    diagnostic('E502', `the user-data takes more than ${JUDGEMENT_MILLISECONDS / 1000} seconds to judge`, {
      hint: 'look whether this is the file that was meant; where the machine has much else to do, try again',
    }),
  ],
  status: EXIT.tooLarge,
}

/**
 * Bytes of which no judgement takes long, gzip of as many included. To limit one costs a thread, which is much beside the judgement
 * of the small documents that there are most of in a directory.
 */
const SMALL = 4096

/** How much is to be read: user-data, and what is given beside it. */
export function weightOf(input: Uint8Array, { annotations = [], metadata, values, vendorData }: InjectOptions): number {
  const beside = metadata !== undefined && 'text' in metadata ? metadata.text : ''
  return [input, ...annotations, beside, values?.text ?? '', vendorData?.bytes ?? ''].reduce(
    (sum, { length }) => sum + length,
    0,
  )
}

/** Judges so much, in the time that there is for one document. */
export const inTime = <T>(weight: number, judge: () => T, io: Io): T | Stopped =>
  weight <= SMALL ? judge() : (io.inTime(judge) ?? STOPPED)
