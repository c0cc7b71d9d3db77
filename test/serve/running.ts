import { connect, type Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import { type Started, serve } from '../../src/serve/serve.ts'
import type { Settings, Signal } from '../../src/serve/settings.ts'

/** One line of the log. */
export type Line = Readonly<Record<string, unknown>>

export interface Running {
  readonly port: number
  /** The whole log, parsed; throws when a line is not JSON. */
  lines(): readonly Line[]
  /** The lines of requests. */
  requests(): readonly Line[]
  /** What the log says, as written. */
  text(): string
  /** Waits until the log has a line that fits. */
  logged(fits: (line: Line) => boolean): Promise<Line>
  signal(name: Signal): void
  readonly ended: Promise<void>
}

export const SETTINGS: Settings = {
  listening: { kind: 'address', host: '127.0.0.1', port: 0 },
  page: false,
  mode: 'mutate',
  onError: 'pass',
  profile: 'prebuilt',
  defaultInject: false,
  maxBody: 64 * 1024,
  maxConnections: 2048,
  requestMilliseconds: 30_000,
  idleMilliseconds: 30_000,
  shutdownMilliseconds: 10_000,
  checkMilliseconds: 20,
  pollMilliseconds: 20,
  jobMilliseconds: 20_000,
  logLevel: 'debug',
}

/** Files by name, for the host; they may be changed while the server runs. */
export type Files = Map<string, string | Uint8Array>

/** Starts a server on loopback, or says why there is none. */
export async function attempt(
  over: Partial<Settings>,
  readFile: (path: string) => Promise<Uint8Array> = () => Promise.reject(new Error('there are no files')),
): Promise<{ started: Started; running: (port: number, ended: Promise<void>) => Running }> {
  let log = ''
  const waiting = new Set<() => void>()
  const signals = new Map<Signal, () => void>()
  const lines = (): readonly Line[] =>
    log
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Line)
  const started = await serve(
    { ...SETTINGS, ...over },
    {
      readFile,
      memory: () => 4096,
      write(line) {
        log += line
        for (const look of waiting) look()
      },
      onSignal(name, run) {
        signals.set(name, run)
        return () => signals.delete(name)
      },
    },
  )
  const running = (port: number, ended: Promise<void>): Running => ({
    port,
    lines,
    requests: () => lines().filter(({ message }) => message === 'request'),
    text: () => log,
    logged: fits =>
      new Promise(resolve => {
        const look = (): void => {
          const found = lines().find(fits)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    signal: name => signals.get(name)?.(),
    ended,
  })
  return { started, running }
}

/** A server that is stopped when the test is over. */
export async function runServer(
  t: ExecutionContext,
  over: Partial<Settings> = {},
  readFile?: (path: string) => Promise<Uint8Array>,
): Promise<Running> {
  const { started, running } = await attempt(over, readFile)
  if (!started.ok) throw new Error(started.message)
  t.teardown(async () => {
    started.stop()
    started.stop()
    await started.ended
  })
  return running(started.address.port, started.ended)
}

/** A connection on which a test says what it likes. */
export interface Wire {
  readonly socket: Socket
  /** Everything that came, once the other side has closed. */
  readonly closed: Promise<string>
  /** Waits until what came fits. */
  until(fits: RegExp): Promise<string>
}

export async function wire(port: number): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1' })
  let text = ''
  const waiting = new Set<() => void>()
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    for (const look of waiting) look()
  })
  const closed = new Promise<string>(resolve => socket.once('close', () => resolve(text)))
  // A server that resets the connection has said what it wanted to.
  socket.on('error', () => {})
  await Promise.race([new Promise<void>(resolve => socket.once('connect', () => resolve())), closed])
  const until = (fits: RegExp): Promise<string> =>
    new Promise(resolve => {
      const look = (): void => {
        if (!fits.test(text)) return
        waiting.delete(look)
        resolve(text)
      }
      waiting.add(look)
      look()
    })
  return { socket, closed, until }
}

/** Sends bytes on a connection of their own and gives all that comes back. */
export async function send(port: number, ...chunks: readonly (string | Uint8Array)[]): Promise<string> {
  const { socket, closed } = await wire(port)
  for (const chunk of chunks) socket.write(chunk)
  return closed
}

export const get = (path: string, ...headers: readonly string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers.map(line => `${line}\r\n`).join('')}\r\n`

export const post = (path: string, body: string, ...headers: readonly string[]): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers
    .map(line => `${line}\r\n`)
    .join('')}\r\n${body}`

export const CLOSE = 'Connection: close'
