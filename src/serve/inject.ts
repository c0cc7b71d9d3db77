import { failure, noteOf, refused } from './outcome.ts'
import { isResponse, requestOptions } from './query.ts'
import { bytes, json } from './request.ts'
import type { Handler } from './router.ts'

/** The pipe over HTTP: user-data in, user-data with the injection out, or 422 and every diagnostic. */
export const injectHandler: Handler = async (request, state) => {
  const options = requestOptions(request, state)
  if (isResponse(options)) return options
  const result = await state.work({ kind: 'pipe', input: request.body, options })
  if (!result.ok) return failure(result)
  return result.output === undefined ? refused(result) : bytes(result.output, noteOf(result, false))
}

/** The diagnostics alone: 200 when `inject` would have an output, else 422. */
export const checkHandler: Handler = async (request, state) => {
  const options = requestOptions(request, state)
  if (isResponse(options)) return options
  const result = await state.work({ kind: 'pipe', input: request.body, options })
  if (!result.ok) return failure(result)
  return result.errors ? refused(result) : json(200, result.diagnostics, noteOf(result, false))
}
