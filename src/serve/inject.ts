import { noteOf, refused } from './outcome.ts'
import { posted } from './posted.ts'
import { bytes, json } from './request.ts'
import type { Handler } from './router.ts'

/** The pipe over HTTP: user-data in, user-data with the injection out, or 422 and every diagnostic. */
export const injectHandler: Handler = posted('pipe', done =>
  done.output === undefined ? refused(done) : bytes(done.output, noteOf(done, false)),
)

/** The diagnostics alone: 200 when `inject` would have an output, else 422. */
export const checkHandler: Handler = posted('pipe', done =>
  done.errors ? refused(done) : json(200, done.diagnostics, noteOf(done, false)),
)
