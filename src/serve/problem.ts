import { type Code, diagnostic, toRecord } from '../report/diagnostics.ts'
import { json, type Response } from './request.ts'

/** The statuses of refusals. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 417 | 422 | 431 | 500 | 503

/** What a request can be refused for before user-data is looked at: the status, and the code of the diagnostic. */
const STATUSES: Readonly<Record<ProblemStatus, Code>> = {
  400: 'E701',
  401: 'E702',
  403: 'E702',
  404: 'E703',
  405: 'E704',
  408: 'E705',
  413: 'E705',
  415: 'E706',
  417: 'E701',
  422: 'E705',
  431: 'E705',
  500: 'E708',
  503: 'E707',
}

/** A refusal: a JSON array with one diagnostic, of the same form as the diagnostics of user-data. */
export function problem(
  status: ProblemStatus,
  message: string,
  hint?: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const record = toRecord(diagnostic(STATUSES[status], message, { hint }))
  const response = json(status, [record], { reason: message })
  return { ...response, headers: { ...response.headers, ...headers } }
}
