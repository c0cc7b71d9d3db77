import { randomUUID } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { type Requirements, rejection } from './auth.ts'
import { drain, hasBody, readBody } from './body.ts'
import { type Level, type Log, traceOf } from './log.ts'
import type { Meters } from './meters.ts'
import { problem } from './problem.ts'
import type { Note, Request, Response } from './request.ts'
import { type Match, matchOf, nothingHere, type Route, refusal } from './router.ts'
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

/** What a request says it waits for before it sends its body. */
export type Expectation = '100-continue' | 'something else' | undefined

/** What a request asks for, as far as it can be told. */
interface Asked {
  readonly target: Target | undefined
  readonly match: Match | undefined
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

/** A request that may go on to its route. */
interface Admitted {
  readonly target: Target
  readonly match: Match
}

/** What can be said of a request before its body is read: why it goes no further, or where it goes. */
function admit(
  context: ServerContext,
  request: IncomingMessage,
  expects: Expectation,
  asked: Asked,
): Response | Admitted {
  const { headers, httpVersion, method = '' } = request
  const { target, match } = asked
  if (expects === 'something else') return problem('E716', 'the request expects what is not known')
  if (target === undefined) return problem('E701', 'the path is malformed')
  if (httpVersion === '1.1' && headers.host === undefined) return problem('E701', 'the request names no host')
  const certified = (request.socket as Partial<TLSSocket>).authorized === true
  const caller = { authorization: headers.authorization, certified }
  const away = match?.route.open === true ? undefined : rejection(context.requirements(), caller)
  if (away !== undefined) return away
  if (match === undefined) return nothingHere()
  const refused = refusal(match.route, method)
  if (refused !== undefined) return refused
  if (!['', 'identity'].includes(headers['content-encoding'] ?? ''))
    return problem('E706', 'the body is encoded', 'send it as it is: user-data may be gzip, the request may not')
  if (Number(headers['content-length'] ?? 0) > context.maxBody) return tooLarge(context)
  return { target, match }
}

const tooLarge = ({ maxBody }: ServerContext): Response => problem('E705', `the body is larger than ${maxBody} bytes`)

const headersOf = ({ headers, body }: Response, id: string, close: boolean): OutgoingHttpHeaders => ({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-request-id': id,
  ...headers,
  'content-length': String(body.length),
  ...(close && { connection: 'close' }),
})

/** Answers one request and writes one line to the log, whatever happens to it. */
export function exchange(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  expects: Expectation,
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
    response.writeHead(answer.status, headersOf(answer, id, close || context.stopping()))
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
    const admitted = admit(context, request, expects, { target, match })
    if ('status' in admitted) return refuse(admitted)
    if (expects === '100-continue') response.writeContinue()
    const body = hasBody(request) ? await readBody(request, context.maxBody) : new Uint8Array()
    if (body === 'too-large') return refuse(tooLarge(context))
    if (body === 'cut') return
    const asked: Request = { method, ...admitted.target, headers: request.headers as Request['headers'], body }
    const given = await admitted.match.route.handle(asked, context.state, admitted.match.params)
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
    else void refuse(problem('E708', 'the server failed'))
  })
  return { request, refuse: given => void refuse(given), settled }
}
