import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { type Exchange, type Expectation, exchange, requestId, type ServerContext } from './exchange.ts'
import { type ProblemCode, problem, STATUSES } from './problem.ts'
import type { Response } from './request.ts'

export interface Limits {
  readonly maxConnections: number
  /** For a request to arrive in full. */
  readonly requestMilliseconds: number
  /** Between requests on one connection. */
  readonly idleMilliseconds: number
  /** How often both are looked at. */
  readonly checkMilliseconds: number
}

const MAX_HEADERS = 16 * 1024
/** For a refusal to reach a client that is still sending. */
const LINGER = 500

/** What is wrong with bytes that are no request; without a code there is nobody left to answer. */
const FAULTS: Readonly<Record<string, readonly [code: ProblemCode | undefined, reason: string]>> = {
  HPE_HEADER_OVERFLOW: ['E715', 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['E705', 'the chunk extensions are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['E714', 'the request did not arrive in time'],
  ECONNRESET: [undefined, 'the connection broke off'],
  EPIPE: [undefined, 'the connection broke off'],
  ETIMEDOUT: [undefined, 'the connection broke off'],
}
const GARBAGE = ['E701', 'the request is not HTTP'] as const

/** An answer on a connection that carries no request that could be answered. */
function rawOf({ status, headers, body }: Response, id: string): string {
  const fields = { ...headers, 'x-request-id': id, 'content-length': String(body.length), connection: 'close' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.join('')}\r\n${Buffer.from(body).toString('latin1')}`
}

/** The HTTP server, or with `tls` the HTTPS one: limits outside, the routes inside, one line of the log for each request. */
export function createHttpServer(context: ServerContext, limits: Limits, tls: TlsOptions | undefined): Server {
  const open = new WeakMap<Duplex, Set<Exchange>>()
  const failed = new WeakSet<Duplex>()

  const take =
    (expects?: Expectation) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const { socket } = request
      const running = open.get(socket) ?? new Set()
      open.set(socket, running)
      const one = exchange(context, request, response, expects)
      running.add(one)
      void one.settled.then(() => {
        running.delete(one)
        if (running.size === 0 && failed.has(socket)) socket.destroySoon()
      })
    }

  /** A line of its own, for what never became a request. */
  function turnDown(socket: Duplex, code: ProblemCode | undefined, reason: string, method: string): void {
    const id = requestId(undefined)
    const status = code === undefined ? 0 : STATUSES[code]
    context.meters.request('none', method, status, 0)
    context.log('warn', 'request', { id, method, route: 'none', status, bytes: 0, reason })
    const busy = (open.get(socket)?.size ?? 0) > 0
    if (busy) return
    if (code === undefined || !socket.writable) {
      socket.destroy()
      return
    }
    socket.end(rawOf(problem(code, reason), id))
    setTimeout(() => socket.destroy(), LINGER).unref()
  }

  function fault(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (failed.has(socket)) return
    failed.add(socket)
    const [code, reason] = FAULTS[error.code ?? ''] ?? GARBAGE
    const running = [...(open.get(socket) ?? [])]
    const victim = running.find(({ request }) => !request.complete)
    if (victim === undefined) {
      // A kept connection that breaks between requests is nobody's request.
      if (code === undefined && running.length === 0) socket.destroy()
      else if (code !== undefined) turnDown(socket, code, reason, '-')
    } else if (code === undefined) socket.destroy()
    else victim.refuse(problem(code, reason))
  }

  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADERS,
    headersTimeout: limits.requestMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    keepAliveTimeout: limits.idleMilliseconds,
    connectionsCheckingInterval: limits.checkMilliseconds,
    // Refused by us instead, with a line in the log.
    requireHostHeader: false,
  }
  const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls })
  server.timeout = limits.idleMilliseconds + limits.requestMilliseconds
  server.maxConnections = limits.maxConnections
  server.on('request', take())
  server.on('checkContinue', take('100-continue'))
  server.on('checkExpectation', take('something else'))
  server.on('clientError', fault)
  server.on('connect', (_, socket) => {
    // Node has taken its own listeners off the socket.
    socket.on('error', () => socket.destroy())
    failed.add(socket)
    turnDown(socket, 'E704', 'the method is not allowed', 'CONNECT')
  })
  server.on('drop', () => context.meters.dropped.add())
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    context.log('warn', 'handshake', { reason: error.code ?? 'the TLS handshake failed' })
  })
  return server
}
