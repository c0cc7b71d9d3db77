import { createMetrics } from '../../src/serve/metrics.ts'
import type { Request, Response } from '../../src/serve/request.ts'
import { matchOf, nothingHere, type Route, refusal } from '../../src/serve/router.ts'
import { ROUTES } from '../../src/serve/routes.ts'
import type { Seed, Seeds } from '../../src/serve/seeds.ts'
import type { State } from '../../src/serve/state.ts'
import { readTarget } from '../../src/serve/target.ts'
import { perform } from '../../src/serve/work.ts'

type Files = Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>

/** Instances without a file system. */
export const seedsOf = (instances: Files): Seeds => ({
  async read(instance, file): Promise<Seed> {
    const files = Object.hasOwn(instances, instance) ? instances[instance] : undefined
    if (files === undefined) return { found: 'no-instance' }
    const content = files[file]
    return content === undefined
      ? { found: 'nothing' }
      : { found: 'file', bytes: Uint8Array.from(Buffer.from(content)) }
  },
})

/** What the handlers are given, without a server, threads or files. */
export const stateOf = (over: Partial<State> = {}): State => ({
  seeds: undefined,
  mode: 'mutate',
  onError: 'pass',
  defaults: () => ({ profile: 'prebuilt' }),
  work: async job => perform(job),
  ready: () => true,
  metrics: createMetrics(),
  ...over,
})

/** The whole of a request through a routing table: what the server does once the body is there. */
export async function dispatch(routes: readonly Route[], request: Request, state: State): Promise<Response> {
  const match = matchOf(routes, request.path)
  if (match === undefined) return nothingHere()
  const refused = refusal(match.route, request.method)
  if (refused !== undefined) return refused
  return match.route.handle(request, state, match.params)
}

/** One request through the routing table, as the server sends it there. */
export async function ask(
  state: State,
  method: string,
  url: string,
  body: string | Uint8Array = '',
): Promise<Response & { readonly text: string }> {
  const target = readTarget(url)
  if (target === undefined) throw new Error(`${url} is malformed`)
  const request = { method, ...target, headers: {}, body: Uint8Array.from(Buffer.from(body)) }
  const response = await dispatch(ROUTES, request, state)
  return { ...response, text: Buffer.from(response.body).toString('utf8') }
}

export const ANNOTATED =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
export const PLAIN = '#cloud-config\npackages: [nginx]\n'
export const FAULTY: string = `${ANNOTATED}# consul.hashicorp.com/connect-service-port: "70700"\n`
