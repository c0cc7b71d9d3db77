import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { type Requirements, rejection } from './auth.ts'
import { drain, hasBody, readBody } from './body.ts'
import { type Level, type Log, traceOf } from './log.ts'
import type { Meters } from './meters.ts'
import { problem } from './problem.ts'
import type { Note, Request, Response } from './request.ts'
import { type Match, matchOf, type Route, refusal } from './router.ts'
import type { State } from './state.ts'
import { readTarget, type Target } from './target.ts'

/** What every exchange is given. */
export interface ServerContext {
  readonly routes: readonly Route[]
  readonly state: State
  readonly log: Log
  readonly meters: Meters
  readonly requirements: () => Requirements
  readonly maxBody: number
  /** Connections are not kept once the server shuts down. */
  readonly stopping: () => boolean
}

/** A request on its way to its line in the log. */
export interface Exchange {
  readonly request: IncomingMessage
  /** Answers before the request is there in full; the connection ends with that. */
  refuse(response: Response): void
  readonly settled: Promise<void>
}

const DRAIN = 1000
const REQUEST_ID = /^[\w.:-]{1,64}$/

/** The id that the caller gave, when it is one that can go into a log; else a new one. */
export const requestId = (given: unknown): string =>
  typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()

function levelOf(status: number, { outcome }: Note, quiet: boolean): Level {
  if (status >= 500) return 'error'
  if (status < 200 || status >= 400 || outcome === 'passed') return 'warn'
  return quiet ? 'debug' : 'info'
}

/** What can be said of a request before its body is read. */
function early(context: ServerContext, request: IncomingMessage, target: Target | undefined, match: Match | undefined) {
  const { headers, httpVersion, method = '' } = request
  if (target === undefined) return problem(400, 'the path is malformed')
  if (httpVersion === '1.1' && headers.host === undefined) return problem(400, 'the request names no host')
  const certified = (request.socket as Partial<TLSSocket>).authorized === true
  const caller = { authorization: headers.authorization, certified }
  const away = match?.route.open === true ? undefined : rejection(context.requirements(), caller)
  const refused = away ?? refusal(match, method)
  if (refused !== undefined) return refused
  if (!['', 'identity'].includes(headers['content-encoding'] ?? ''))
    return problem(415, 'the body is encoded', 'send it as it is: user-data may be gzip, the request may not')
  return Number(headers['content-length'] ?? 0) > context.maxBody ? tooLarge(context) : undefined
}

const tooLarge = ({ maxBody }: ServerContext): Response => problem(413, `the body is larger than ${maxBody} bytes`)

/** Answers one request and writes one line to the log, whatever happens to it. */
export function exchange(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  expects: '100-continue' | 'something else' | undefined,
): Exchange {
  const start = process.hrtime.bigint()
  const id = requestId(request.headers['x-request-id'])
  const { method = '' } = request
  const target = readTarget(request.url ?? '')
  const match = target === undefined ? undefined : matchOf(context.routes, target.path)
  const route = match?.route.name ?? 'none'
  let sent: Response | undefined
  let trace: string | undefined

  function head(answer: Response, close: boolean): void {
    sent = answer
    response.writeHead(answer.status, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': id,
      ...answer.headers,
      'content-length': String(answer.body.length),
      ...((close || context.stopping()) && { connection: 'close' }),
    })
  }

  function finish(): void {
    const seconds = Number(process.hrtime.bigint() - start) / 1e9
    const status = sent?.status ?? 0
    const note = sent?.note ?? {}
    const whole = response.writableFinished
    context.meters.request(route, method, status, seconds)
    if (match?.route.hook !== undefined) context.meters.judged(match.route.hook, note)
    context.log(levelOf(whole ? status : 0, note, match?.route.quiet === true), 'request', {
      id,
      method,
      route,
      instance: note.instance,
      status,
      bytes: whole && method !== 'HEAD' ? sent?.body.length : 0,
      ms: Math.round(seconds * 1e6) / 1e3,
      outcome: note.outcome,
      codes: note.codes === undefined || note.codes.length === 0 ? undefined : [...new Set(note.codes)],
      reason: note.reason ?? (whole ? undefined : 'the client went away'),
      trace,
    })
  }

  async function refuse(answer: Response): Promise<void> {
    // Refused already, and now it is known that nothing more comes.
    if (response.headersSent) {
      response.end()
      return
    }
    if (response.destroyed) return
    head(answer, true)
    if (request.complete || !hasBody(request)) {
      response.end(answer.body)
      return
    }
    if (method !== 'HEAD') response.write(answer.body)
    await drain(request, DRAIN)
    response.end()
  }

  async function answer(): Promise<void> {
    const refused = expects === 'something else' ? problem(417, 'the request expects what is not known') : undefined
    const no = refused ?? early(context, request, target, match)
    if (no !== undefined || target === undefined || match === undefined) return refuse(no ?? problem(404, 'nothing'))
    if (expects === '100-continue') response.writeContinue()
    const body = hasBody(request) ? await readBody(request, context.maxBody) : new Uint8Array()
    if (body === 'too-large') return refuse(tooLarge(context))
    if (body === 'cut') return
    const asked: Request = { method, ...target, headers: request.headers as Request['headers'], body }
    const given = await match.route.handle(asked, context.state, match.params)
    if (response.headersSent || response.destroyed) return
    head(given, false)
    response.end(method === 'HEAD' ? undefined : given.body)
  }

  const settled = new Promise<void>(resolve => {
    response.once('close', () => {
      finish()
      resolve()
    })
  })
  answer().catch((error: unknown) => {
    trace = traceOf(error)
    if (response.headersSent) response.destroy()
    else void refuse(problem(500, 'the server failed'))
  })
  return { request, refuse: given => void refuse(given), settled }
}
