import { cpuUsage } from 'node:process'
import { Worker } from 'node:worker_threads'
import { lacked } from './processor-time.ts'
import type { Done, Failed, Job } from './work.ts'

/** How much work is done at a time, and how much one job may take. */
export interface PoolLimits {
  readonly threads: number
  /** Jobs that may wait; what comes then is told that there is too much to do. */
  readonly queue: number
  /** For one job that has a processor to itself; where others have the processors, as much more as it lacked. */
  readonly milliseconds: number
  readonly megabytes: number
}

export interface Pool {
  run(job: Job): Promise<Done | Failed>
  /** Jobs that wait for a thread. */
  waiting(): number
  close(): Promise<void>
}

interface Task {
  readonly job: Job
  readonly settle: (result: Done | Failed) => void
}

interface Slot {
  worker: Worker | undefined
  /** Ends the job of the thread; undefined when the thread has none. */
  settle: ((result: Done | Failed) => void) | undefined
}

/**
 * Threads that judge documents. A document that takes too long or too much memory costs its thread and nobody else: the server
 * answers others meanwhile. Threads start when there is something to do.
 */
export function createPool(script: URL, { threads, queue, milliseconds, megabytes }: PoolLimits): Pool {
  const slots: readonly Slot[] = Array.from({ length: threads }, () => ({ worker: undefined, settle: undefined }))
  const tasks: Task[] = []
  let closed = false

  function retire(slot: Slot, why: Failed['why']): void {
    const { worker, settle } = slot
    slot.worker = undefined
    slot.settle = undefined
    void worker?.terminate()
    settle?.({ ok: false, why })
    next()
  }

  function start(slot: Slot): Worker {
    const worker = new Worker(script, {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 32 },
    })
    // One that was retired has nothing to say any more.
    const current = (): boolean => slot.worker === worker
    worker.on('message', (done: Done) => {
      if (!current()) return
      const { settle } = slot
      slot.settle = undefined
      settle?.(done)
      next()
    })
    worker.on('error', error => {
      const memory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      if (current()) retire(slot, memory ? 'memory' : 'fault')
    })
    worker.on('exit', () => {
      if (current()) retire(slot, 'fault')
    })
    worker.unref()
    slot.worker = worker
    return worker
  }

  function next(): void {
    const slot = slots.find(({ settle }) => settle === undefined)
    const task = slot === undefined || closed ? undefined : tasks.shift()
    if (slot === undefined || task === undefined) return
    const began = cpuUsage()
    let timer = setTimeout(() => {
      const more = lacked(began, milliseconds)
      timer = setTimeout(() => retire(slot, 'timeout'), more)
    }, milliseconds)
    slot.settle = result => {
      clearTimeout(timer)
      task.settle(result)
    }
    try {
      const worker = slot.worker ?? start(slot)
      worker.postMessage(task.job)
    } catch {
      retire(slot, 'fault')
    }
  }

  return {
    run: job =>
      new Promise(settle => {
        if (closed || tasks.length >= queue) return settle({ ok: false, why: 'busy' })
        tasks.push({ job, settle })
        next()
      }),
    waiting: () => tasks.length,
    async close() {
      closed = true
      for (const { settle } of tasks.splice(0)) settle({ ok: false, why: 'busy' })
      await Promise.all(
        slots.map(async slot => {
          const { worker, settle } = slot
          slot.worker = undefined
          slot.settle = undefined
          settle?.({ ok: false, why: 'busy' })
          await worker?.terminate()
        }),
      )
    },
  }
}
