import { parentPort } from 'node:worker_threads'
import { type Job, perform } from './work.ts'

/** One job after the other, each in a thread that may be ended at any time. */
parentPort?.on('message', (job: Job) => parentPort?.postMessage(perform(job)))
