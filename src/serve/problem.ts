import { type Code, diagnostic, toRecord } from '../report/diagnostics.ts'
import { json, type Response } from './request.ts'

/** What a request can be refused for, whatever its user-data. */
export type ProblemCode = Exclude<Extract<Code, `E7${string}`>, 'E718'>

/** The HTTP status of each. */
export const STATUSES: Readonly<Record<ProblemCode, number>> = {
  E701: 400,
  E702: 401,
  E703: 404,
  E704: 405,
  E705: 413,
  E706: 415,
  E707: 503,
  E708: 500,
  E709: 400,
  E710: 400,
  E711: 400,
  E712: 403,
  E713: 403,
  E714: 408,
  E715: 431,
  E716: 417,
  E717: 422,
  E719: 503,
  E720: 503,
}

/** A refusal: a JSON array with one diagnostic, of the same form as the diagnostics of user-data. */
export function problem(
  code: ProblemCode,
  message: string,
  hint?: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const record = toRecord(diagnostic(code, message, { hint }))
  const response = json(STATUSES[code], [record], { reason: message })
  return { ...response, headers: { ...response.headers, ...headers } }
}
