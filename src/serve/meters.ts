import type { Counter, Histogram, Metrics } from './metrics.ts'
import type { Hook } from './outcome.ts'
import type { Note } from './request.ts'

/** Everything the server counts. */
export interface Meters {
  /** One request that was answered, or broke off (status 0). */
  request(route: string, method: string, status: number, seconds: number): void
  judged(hook: Hook, note: Note): void
  readonly dropped: Counter
  readonly reloads: Counter
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT'])
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const PREFIX = 'consul_vm_inject_'

export function createMeters(metrics: Metrics): Meters {
  const count = (name: string, help: string): Counter => metrics.counter(`${PREFIX}${name}`, help)
  const requests = count('requests_total', 'Requests by route, method and status; status 0 broke off.')
  const outcomes = count('documents_total', 'Documents by hook and by what became of them.')
  const diagnostics = count('diagnostics_total', 'Diagnostics by code.')
  const duration: Histogram = metrics.histogram(
    `${PREFIX}request_duration_seconds`,
    'Time from the first byte of a request to the end of its answer.',
    BOUNDS,
  )
  return {
    request(route, method, status, seconds) {
      requests.add({ route, method: METHODS.has(method) ? method : 'other', status: String(status) })
      duration.observe({ route }, seconds)
    },
    judged(hook, { outcome, codes = [] }) {
      if (outcome !== undefined) outcomes.add({ hook, outcome })
      for (const code of codes) diagnostics.add({ code })
    },
    dropped: count('connections_dropped_total', 'Connections over the limit, closed at once.'),
    reloads: count('reloads_total', 'Files read again, by what they hold and how it went.'),
  }
}
