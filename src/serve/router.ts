import type { Hook } from './outcome.ts'
import { problem } from './problem.ts'
import type { Request, Response } from './request.ts'
import type { State } from './state.ts'

/** What a path pattern has caught. */
export type Params = Readonly<Record<string, string | undefined>>

export type Handler = (request: Request, state: State, params: Params) => Response | Promise<Response>

/** One row of the routing table. */
export interface Route {
  /** The path as the log and the counters name it: never the one that was asked for. */
  readonly name: string
  readonly pattern: RegExp
  readonly methods: readonly string[]
  /** Answered without a token or a certificate: probes have none, nor has a VM that fetches the guest files. */
  readonly open?: boolean
  /** Told in the log when it is asked for everything: probes come all the time. */
  readonly quiet?: boolean
  /** What user-data that comes through here is counted under. */
  readonly hook?: Hook
  readonly handle: Handler
}

export interface Match {
  readonly route: Route
  readonly params: Params
}

/** The row for a path, whatever the method. */
export function matchOf(routes: readonly Route[], path: string): Match | undefined {
  for (const route of routes) {
    const groups = route.pattern.exec(path)
    if (groups !== null) return { route, params: groups.groups ?? {} }
  }
  return undefined
}

/** What is answered where no row fits. */
export const nothingHere = (): Response =>
  problem('E703', 'there is nothing at this path', '`consul-vm-inject serve --help` lists the paths')

/** Why a route does not take a request, judged before its body is read; undefined when it does. */
export function refusal({ methods }: Route, method: string): Response | undefined {
  if (methods.includes(method)) return undefined
  const allow = methods.join(', ')
  return problem('E704', 'the method is not allowed at this path', `use ${allow}`, { allow })
}
