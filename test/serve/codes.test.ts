import test, { type ExecutionContext } from 'ava'
import { rejection } from '../../src/serve/auth.ts'
import { PAGE_ROUTES } from '../../src/serve/page/routes.ts'
import { type ProblemCode, STATUSES } from '../../src/serve/problem.ts'
import type { Response } from '../../src/serve/request.ts'
import type { State } from '../../src/serve/state.ts'
import { ask, dispatch, PLAIN, stateOf } from './handlers.ts'
import { CLOSE, get, post, runServer, send, wire } from './running.ts'

/** What a server on loopback answers. */
type Told = (t: ExecutionContext) => Promise<string>

const sent =
  (request: string, settings = {}): Told =>
  async t => {
    const { port } = await runServer(t, settings)
    const { socket, until } = await wire(port)
    socket.write(request)
    const answer = await until(/\r\n\r\n.*\]/s)
    socket.destroy()
    return answer
  }

const handled =
  (asked: (state: State) => Promise<Response>, over: Partial<State> = {}): Told =>
  async () => {
    const { status, body } = await asked(stateOf(over))
    return `HTTP/1.1 ${status} \r\n\r\n${Buffer.from(body).toString()}`
  }

const failing = (why: 'timeout' | 'busy' | 'fault'): Partial<State> => ({ work: async () => ({ ok: false, why }) })
const inject = (state: State): Promise<Response> => ask(state, 'POST', '/inject', PLAIN)
const preview = (host: string, body: string): Promise<Response> => {
  const headers = { host, origin: `http://${host}` }
  const request = { method: 'POST', path: '/preview', query: new URLSearchParams(), headers, body: Buffer.from(body) }
  return dispatch(PAGE_ROUTES, request, stateOf())
}

/** How each code of the server comes about. */
const CASES: Readonly<Record<ProblemCode, Told>> = {
  E701: sent(`GET /healthz HTTP/1.1\r\n${CLOSE}\r\n\r\n`),
  E702: handled(async () => rejection({ token: 'secret', certificate: false }, NOBODY) ?? Promise.reject()),
  E703: sent(get('/injekt', CLOSE)),
  E704: sent(get('/inject', CLOSE)),
  E705: sent(post('/inject', 'x'.repeat(101), CLOSE), { maxBody: 100 }),
  E706: sent(post('/inject', 'x', 'Content-Encoding: gzip', CLOSE)),
  E707: handled(inject, failing('busy')),
  E708: handled(inject, failing('fault')),
  E709: sent(post('/inject?proflie=prebuilt', PLAIN, CLOSE)),
  E710: sent(post('/inject?profile=small', PLAIN, CLOSE)),
  E711: sent(post('/mutate', 'web', CLOSE)),
  E712: handled(async () => rejection({ certificate: true }, NOBODY) ?? Promise.reject()),
  E713: handled(() => preview('example.org', PLAIN)),
  E714: sent('GET /healthz HTTP/1.1\r\n', { requestMilliseconds: 50 }),
  E715: sent(get('/healthz', `A: ${'b'.repeat(20 * 1024)}`)),
  E716: sent(post('/inject', 'x', 'Expect: 200-ok')),
  E717: handled(inject, failing('timeout')),
  E719: handled(state => ask(state, 'GET', '/web1/user-data'), {
    seeds: { read: async () => ({ found: 'refused', why: 'it is a directory' }) },
  }),
  E720: handled(state => ask(state, 'GET', '/readyz'), { ready: () => false }),
}

const NOBODY = { authorization: undefined, certified: false }

for (const [code, told] of Object.entries(CASES)) {
  test(`${code} is what the server says, with its status`, async t => {
    const answer = await told(t)
    t.is(Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]), STATUSES[code as ProblemCode], answer)
    t.regex(answer, new RegExp(`\\r\\n\\r\\n\\[\\s+\\{\\s+"code": "${code}",`))
  })
}

test('E718 is what the page says of a manifest', async t => {
  const { body } = await preview('localhost:8080', 'apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n')
  t.regex(Buffer.from(body).toString(), /"code":\s*"E718",/)
})

test('a server that has answered all of this is still there', async t => {
  const { port } = await runServer(t)
  t.regex(await send(port, get('/healthz', CLOSE)), /^HTTP\/1\.1 200 /)
})
