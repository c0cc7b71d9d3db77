import type { Code, DiagnosticRecord } from '../report/diagnostics.ts'
import { type ProblemCode, problem } from './problem.ts'
import { json, type Note, type Response } from './request.ts'
import type { Done, Failed } from './work.ts'

/** The hooks, as the counters name them. */
export type Hook = 'nocloud' | 'openstack' | 'inject' | 'check' | 'mutate' | 'preview'

const codesOf = (diagnostics: readonly DiagnosticRecord[]): readonly Code[] => diagnostics.map(({ code }) => code)

/** What the log may say of a job. The values of annotations stand in messages, and so messages are not for the log. */
export function noteOf(result: Done | Failed, passes: boolean): Note {
  if (!result.ok) return { outcome: passes ? 'passed' : 'failed', reason: FAILURES[result.why][1] }
  const { errors, injected, diagnostics } = result
  const codes = codesOf(diagnostics)
  if (!errors) return { outcome: injected ? 'injected' : 'left', codes }
  return { outcome: passes ? 'passed' : 'refused', codes, reason: 'the annotations have errors' }
}

const FAILURES: Readonly<Record<Failed['why'], readonly [code: ProblemCode, reason: string]>> = {
  timeout: ['E717', 'the document took too long to judge'],
  memory: ['E717', 'the document took too much memory to judge'],
  fault: ['E708', 'the document could not be judged'],
  busy: ['E707', 'there is too much to do'],
}

/** The answer to a job that came to nothing. Only of `busy` it is of use to ask again. */
export function failure(failed: Failed): Response {
  const [code, reason] = FAILURES[failed.why]
  const response = problem(code, reason, undefined, failed.why === 'busy' ? { 'retry-after': '1' } : {})
  return { ...response, note: noteOf(failed, false) }
}

/** The answer to a document with errors: all of its diagnostics. */
export const refused = (done: Done): Response => json(422, done.diagnostics, noteOf(done, false))

export const withInstance = (response: Response, instance: string | undefined): Response =>
  instance === undefined ? response : { ...response, note: { ...response.note, instance } }
