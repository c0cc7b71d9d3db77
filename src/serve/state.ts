import type { InjectOptions } from '../index.ts'
import type { Metrics } from './metrics.ts'
import type { Seeds } from './seeds.ts'
import type { Work } from './work.ts'

/** `mutate` injects into user-data; `vendor` leaves user-data alone and adds vendor-data. */
export type Mode = 'mutate' | 'vendor'

/** Of a VM whose annotations have errors: boot it with the operator's own user-data, or refuse to answer. */
export type OnError = 'pass' | 'fail'

/** What the handlers are given beside the request. */
export interface State {
  readonly seeds: Seeds | undefined
  readonly mode: Mode
  readonly onError: OnError
  /** The options that hold for every request; they change when the values file is read again. */
  readonly defaults: () => Pick<InjectOptions, 'values' | 'profile' | 'guestUrl' | 'defaultInject'>
  readonly work: Work
  /** False once the server shuts down. */
  readonly ready: () => boolean
  readonly metrics: Metrics
}
