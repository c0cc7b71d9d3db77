import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

type Data = Readonly<Record<string, unknown>>

/** Something that the browser tells of its own accord. */
export interface Event {
  readonly method: string
  readonly params: Data
  readonly sessionId?: string
}

interface Answer extends Event {
  readonly id?: number
  readonly result?: Data
  readonly error?: { readonly message: string }
}

/** Chromium without a window, spoken to by the DevTools protocol over a pipe. */
export interface Browser {
  send(method: string, params?: Data, sessionId?: string): Promise<Data>
  /** Calls `take` at every event from now on. */
  listen(take: (event: Event) => void): void
  /** Ends it, whatever it does, and removes what it has written. */
  kill(): Promise<void>
}

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  // No name is looked up, so that nothing but this machine can be reached by one.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  '--remote-debugging-pipe',
]

/** Longest time for one answer of the browser. */
const PATIENCE = 30_000

/** Starts a browser with a profile of its own. Its end also comes when the pipe is closed, so with this process. */
export function launch(program: string = 'chromium'): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'consul-vm-inject-chromium-'))
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    // A group of its own, to be ended whole.
    detached: true,
    env: { ...process.env, HOME: profile },
  })
  const [writer, reader] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const waiting = new Map<number, { resolve: (data: Data) => void; reject: (error: Error) => void }>()
  const listeners: ((event: Event) => void)[] = []
  let last = 0
  let rest = ''

  let end: Error | undefined
  const gone = new Promise<void>(resolve => {
    const ended = (why: string): void => {
      end = new Error(`the browser is gone: ${why}`)
      for (const { reject } of waiting.values()) reject(end)
      resolve()
    }
    child.once('error', ({ message }) => ended(message))
    child.once('close', (status, signal) => ended(signal ?? `status ${status}`))
  })
  // What is still written to a browser that has ended.
  writer.on('error', () => {})

  function receive(message: Answer): void {
    if (message.id === undefined) {
      for (const take of listeners) take(message)
      return
    }
    const { resolve, reject } = waiting.get(message.id) ?? {}
    waiting.delete(message.id)
    if (message.error === undefined) resolve?.(message.result ?? {})
    else reject?.(new Error(message.error.message))
  }

  reader.setEncoding('utf8')
  reader.on('data', (chunk: string) => {
    const [first = '', ...more] = chunk.split('\0')
    rest += first
    for (const next of more) {
      receive(JSON.parse(rest) as Answer)
      rest = next
    }
  })

  return {
    send(method, params = {}, sessionId) {
      last += 1
      const id = last
      return new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end)
        const timer = setTimeout(() => reject(new Error(`${method} was not answered`)), PATIENCE)
        const done =
          <Value>(end: (value: Value) => void) =>
          (value: Value): void => {
            clearTimeout(timer)
            end(value)
          }
        waiting.set(id, { resolve: done(resolve), reject: done(reject) })
        writer.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`)
      })
    },
    listen: take => void listeners.push(take),
    async kill() {
      try {
        process.kill(-(child.pid ?? Number.NaN), 'SIGKILL')
      } catch {}
      await gone
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    },
  }
}
