import { failure } from './outcome.ts'
import { isResponse, requestOptions } from './query.ts'
import type { Response } from './request.ts'
import type { Handler } from './router.ts'
import type { Done, Job } from './work.ts'

/** A handler for a document that is posted, with its options in the query: does one job and answers with what it came to. */
export const posted =
  (kind: Job['kind'], answer: (done: Done) => Response): Handler =>
  async (request, state) => {
    const options = requestOptions(request, state)
    if (isResponse(options)) return options
    const result = await state.work({ kind, input: request.body, options })
    return result.ok ? answer(result) : failure(result)
  }
