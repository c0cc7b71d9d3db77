import { problem } from './problem.ts'
import { plain, respond } from './request.ts'
import type { Handler } from './router.ts'

/** The process is alive. */
export const healthz: Handler = () => plain(200, 'ok\n')

/** The server takes requests; not any more while it shuts down. */
export const readyz: Handler = (_, { ready }) =>
  ready() ? plain(200, 'ok\n') : problem('E720', 'the server is shutting down')

/** Every counter in the text format of Prometheus. */
export const metrics: Handler = (_, state) =>
  respond(200, 'text/plain; version=0.0.4; charset=utf-8', state.metrics.text())
