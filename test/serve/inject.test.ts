import test from 'ava'
import { ANNOTATED, ask, FAULTY, PLAIN, stateOf } from './handlers.ts'

test('user-data goes through the pipe', async t => {
  const { status, headers, text } = await ask(stateOf(), 'POST', '/inject', ANNOTATED)
  t.is(status, 200)
  t.is(headers['content-type'], 'application/octet-stream')
  t.true(text.includes(ANNOTATED))
})

test('user-data that is not annotated comes back byte for byte', async t => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  t.deepEqual(Buffer.from((await ask(stateOf(), 'POST', '/inject', bytes)).body), bytes)
})

test('errors are answered with every diagnostic, and with nothing of the output', async t => {
  const { status, text } = await ask(stateOf(), 'POST', '/inject?annotation=nonsense&name=web.yaml', FAULTY)
  t.is(status, 422)
  const records = JSON.parse(text) as readonly { code: string; file: string }[]
  t.deepEqual(
    records.map(({ code, file }) => [code, file]),
    [
      ['E208', '--annotation'],
      ['E301', 'web.yaml'],
    ],
  )
})

test('a default of the server holds unless the query says otherwise', async t => {
  const state = stateOf({ defaults: () => ({ profile: 'prebuilt', defaultInject: true }) })
  const asked = '/inject?annotation=connect-service=web'
  t.is((await ask(state, 'POST', asked, PLAIN)).note?.outcome, 'injected')
  t.is((await ask(state, 'POST', `${asked}&default-inject=false`, PLAIN)).note?.outcome, 'left')
  const [small, large] = await Promise.all([asked, `${asked}&profile=full`].map(url => ask(state, 'POST', url, PLAIN)))
  t.true((large?.body.length ?? 0) > 2 * (small?.body.length ?? 0))
})

for (const [query, hint] of [
  ['proflie=full', 'did you mean profile?'],
  ['__proto__=1', undefined],
  ['profile=huge', undefined],
  ['strict=maybe', undefined],
  ['strict=constructor', undefined],
  ['strict=__proto__', undefined],
] as const) {
  test(`a query that means nothing is refused: ${query}`, async t => {
    const { status, text } = await ask(stateOf(), 'POST', `/inject?${query}`, PLAIN)
    t.is(status, 400)
    const [record] = JSON.parse(text) as readonly { code: string; hint?: string }[]
    t.is(record?.code, hint === undefined && query !== '__proto__=1' ? 'E710' : 'E709')
    if (hint !== undefined) t.is(record?.hint, hint)
  })
}

test('a document that takes too long is refused, one that comes at a bad time may come again', async t => {
  const answer = async (why: 'timeout' | 'memory' | 'fault' | 'busy') => {
    const { status } = await ask(stateOf({ work: async () => ({ ok: false, why }) }), 'POST', '/inject', PLAIN)
    return status
  }
  t.deepEqual(await Promise.all((['timeout', 'memory', 'fault', 'busy'] as const).map(answer)), [422, 422, 500, 503])
})

test('a server that shuts down is alive and not ready', async t => {
  const down = stateOf({ ready: () => false })
  t.is((await ask(down, 'GET', '/healthz')).status, 200)
  t.is((await ask(down, 'GET', '/readyz')).status, 503)
  t.is((await ask(stateOf(), 'GET', '/readyz')).status, 200)
})
