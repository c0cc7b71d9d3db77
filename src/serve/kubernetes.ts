import { isRecord } from '../decode/record.ts'
import { parseJson } from './json.ts'
import { failure, noteOf } from './outcome.ts'
import { problem } from './problem.ts'
import { respond } from './request.ts'
import type { Handler } from './router.ts'

/** The admission webhook. An object that is refused is an answer too: 200, and the reason in the review. */
export const mutateHandler: Handler = async ({ body }, state) => {
  if (!isRecord(parseJson(body)))
    return problem('E711', 'the body is not a JSON object', 'this is for AdmissionReviews')
  const result = await state.work({ kind: 'mutate', input: body, options: state.defaults() })
  if (!result.ok || result.output === undefined) return failure(result.ok ? { ok: false, why: 'fault' } : result)
  return respond(200, 'application/json', result.output, noteOf(result, false))
}
