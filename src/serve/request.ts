import type { Code } from '../report/diagnostics.ts'

/** A request as the handlers see it: read to its end, within the limits. */
export interface Request {
  readonly method: string
  /** The path with percent escapes resolved, one segment at a time: it holds no empty, `.` or `..` segment. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

/** What became of user-data in a request: the values of a label, so few and fixed. */
export type Outcome =
  /** Injected. */
  | 'injected'
  /** Not annotated, and so left as it is. */
  | 'left'
  /** Had errors or was not judged; the operator's own user-data was given as it is. */
  | 'passed'
  /** Had errors, and was refused. */
  | 'refused'
  /** Was not judged: time, memory, a fault, or too much to do. */
  | 'failed'

/** What the log and the counters may know of an answer. Nothing in it comes from user-data but codes. */
export interface Note {
  /** Why it is not a success: a few words of ours. */
  readonly reason?: string
  readonly instance?: string
  readonly outcome?: Outcome
  readonly codes?: readonly Code[]
}

export interface Response {
  readonly status: number
  /** Lower-case names. Length, request id and what guards a browser are added by the server. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly note?: Note
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const respond = (status: number, type: string, body: Uint8Array | string, note: Note = {}): Response => ({
  status,
  headers: { 'content-type': type },
  body: typeof body === 'string' ? bytesOf(body) : body,
  note,
})

/** Data as JSON, with a line feed at its end. */
export const json = (status: number, data: unknown, note?: Note): Response =>
  respond(status, 'application/json', `${JSON.stringify(data, undefined, 2)}\n`, note)

/** User-data and its like: bytes that nobody is to take for something else. */
export const bytes = (body: Uint8Array, note?: Note): Response => respond(200, 'application/octet-stream', body, note)

export const plain = (status: number, text: string, note?: Note): Response =>
  respond(status, 'text/plain; charset=utf-8', text, note)
