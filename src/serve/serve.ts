import type { Server } from 'node:http'
import type { ServerOptions as TlsOptions, Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Diagnostic } from '../report/diagnostics.ts'
import { VERSION } from '../version.ts'
import type { ServerContext } from './exchange.ts'
import { isLoopback, type Listening, LOOPBACK, PORT, whyNotHeard } from './listen.ts'
import { type Loaded, loadAll, reloadables } from './loaded.ts'
import { createLog, gathered, type Log } from './log.ts'
import { memoized } from './memoize.ts'
import { createMeters } from './meters.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { PAGE_ROUTES } from './page/routes.ts'
import { createPool } from './pool.ts'
import { createReloader } from './reload.ts'
import { ROUTES } from './routes.ts'
import { directorySeeds } from './seeds.ts'
import { createHttpServer } from './server.ts'
import type { ServerIo, Settings } from './settings.ts'
import { createShutdown } from './shutdown.ts'
import type { State } from './state.ts'
import { contextOf } from './tls.ts'

/** Why there is no server. */
interface NotStarted {
  readonly ok: false
  readonly message: string
  readonly hint?: string
  readonly diagnostics?: readonly Diagnostic[]
}

/** A server that listens, or why there is none. */
export type Started =
  | { readonly ok: true; readonly address: AddressInfo; readonly ended: Promise<void>; stop(): void }
  | NotStarted

type Opened = { readonly ok: true; readonly address: AddressInfo } | NotStarted

const [THREADS, QUEUE, MEGABYTES, REMEMBERED] = [2, 1024, 256, 32 * 1024 * 1024]

const listen = (server: Server, listening: Listening): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    const where =
      listening.kind === 'descriptor' ? { fd: listening.fd } : { host: listening.host, port: listening.port }
    server.listen(where, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })

function registerGauges(
  metrics: Metrics,
  { memory }: ServerIo,
  loaded: Loaded,
  open: () => number,
  waiting: () => number,
): void {
  metrics.gauge('consul_vm_inject_build_info', 'The version.', () => 1, { version: VERSION })
  metrics.gauge('consul_vm_inject_connections', 'Open connections.', open)
  metrics.gauge('consul_vm_inject_queue', 'Documents that wait to be judged.', waiting)
  metrics.gauge(
    'consul_vm_inject_certificate_not_after_seconds',
    'When the certificate ends.',
    () => loaded.tls?.notAfter,
  )
  metrics.gauge('process_resident_memory_bytes', 'Memory that the process holds.', memory)
}

/** Says who may ask, when that is not to be expected. */
function warnOfExposure(settings: Settings, address: AddressInfo, log: Log): void {
  const guarded = settings.tokenFile !== undefined || settings.tls?.clientCa !== undefined
  if (isLoopback(address.address)) return
  if (!guarded)
    log('warn', 'exposure', { reason: 'whoever reaches the address may ask: there is no token and no client CA' })
  else if (settings.tls === undefined)
    log('warn', 'exposure', { reason: 'the token travels in the clear: there is no TLS' })
}

/** The page takes what is pasted into it, and says it to nobody but this machine. */
const NOT_HERE_ALONE = {
  message: '--page is for this machine only, and the server would listen on an address that others reach',
  hint: `leave --listen out, or give ${LOOPBACK}:${PORT} or [::1]:${PORT}; of a socket of systemd, ListenStream=${LOOPBACK}:${PORT}`,
}

/** Opens the server, or says why that is not to be. */
async function open(server: Server, { listening, page }: Settings): Promise<Opened> {
  let address: AddressInfo
  try {
    address = await listen(server, listening)
  } catch (error) {
    return { ok: false, message: `cannot listen: ${whyNotHeard(error)}` }
  }
  if (!page || isLoopback(address.address)) return { ok: true, address }
  server.close()
  return { ok: false, ...NOT_HERE_ALONE }
}

const tlsOptionsOf = ({ tls, requestMilliseconds }: Settings, loaded: Loaded): TlsOptions | undefined =>
  loaded.tls && {
    ...contextOf(loaded.tls),
    requestCert: tls?.clientCa !== undefined,
    // Judged by the routes: probes have no certificate, and a refusal is worth a line in the log.
    rejectUnauthorized: false,
    handshakeTimeout: requestMilliseconds,
  }

/** Starts the server; it runs until it is stopped or SIGTERM or SIGINT arrives. */
export async function serve(settings: Settings, io: ServerIo): Promise<Started> {
  const log = createLog(settings.logLevel, gathered(io.write))
  const loaded: Loaded = { values: undefined, token: undefined, tls: undefined }
  let renew = (): void => {}
  const items = reloadables(settings, io, loaded, () => renew())
  const metrics = createMetrics()
  const meters = createMeters(metrics)
  // What changes from here on is read again.
  const reloader = await createReloader(items, log, meters.reloads)
  const refusal = await loadAll(items)
  if (refusal !== undefined) return { ok: false, ...refusal }
  let seeds: State['seeds']
  try {
    seeds = settings.directory === undefined ? undefined : await directorySeeds(settings.directory)
  } catch (error) {
    return { ok: false, message: `cannot use the directory ${settings.directory}: ${(error as Error).message}` }
  }

  const pool = createPool(new URL('./worker.js', import.meta.url), {
    threads: Math.min(THREADS, availableParallelism()),
    queue: QUEUE,
    milliseconds: settings.jobMilliseconds,
    megabytes: MEGABYTES,
  })
  let stopping = (): boolean => false
  const state: State = {
    seeds,
    mode: settings.mode,
    onError: settings.onError,
    defaults: () => ({
      profile: settings.profile,
      ...(settings.guestUrl !== undefined && { guestUrl: settings.guestUrl }),
      defaultInject: settings.defaultInject,
      ...(loaded.values !== undefined && { values: loaded.values }),
    }),
    work: memoized(pool.run, REMEMBERED),
    ready: () => !stopping(),
    metrics,
  }
  const context: ServerContext = {
    routes: settings.page ? [...PAGE_ROUTES, ...ROUTES] : ROUTES,
    state,
    log,
    meters,
    requirements: () => ({ token: loaded.token, certificate: settings.tls?.clientCa !== undefined }),
    maxBody: settings.maxBody,
    stopping: () => stopping(),
  }
  const server = createHttpServer(context, settings, tlsOptionsOf(settings, loaded))
  const shutdown = createShutdown(server, settings.shutdownMilliseconds, log)
  stopping = shutdown.begun
  renew = () => {
    if (loaded.tls !== undefined) (server as TlsServer).setSecureContext(contextOf(loaded.tls))
  }
  registerGauges(metrics, io, loaded, shutdown.open, pool.waiting)

  const opened = await open(server, settings)
  if (!opened.ok) {
    await pool.close()
    return opened
  }
  const { address } = opened
  const timer = setInterval(() => void reloader.changed(), settings.pollMilliseconds)
  const silence = [
    io.onSignal('SIGHUP', () => void reloader.all()),
    io.onSignal('SIGTERM', () => shutdown.begin('SIGTERM')),
    io.onSignal('SIGINT', () => shutdown.begin('SIGINT')),
  ]
  const ended = shutdown.ended.then(async () => {
    clearInterval(timer)
    for (const end of silence) end()
    await pool.close()
    log('info', 'stopped')
    // It is written in the turn after this one.
    await nextTurn()
  })
  const { address: at, port } = address
  log('info', 'listening', {
    address: at.includes(':') ? `[${at}]:${port}` : `${at}:${port}`,
    tls: loaded.tls !== undefined,
  })
  warnOfExposure(settings, address, log)
  return { ok: true, address, ended, stop: () => shutdown.begin('stop') }
}
