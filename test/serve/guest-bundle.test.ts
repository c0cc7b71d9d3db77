import { createHash } from 'node:crypto'
import test from 'ava'
import { guestBundle, inject } from '../../src/index.ts'
import { ANNOTATED, ask, stateOf } from './handlers.ts'
import { CLOSE, get, runServer, send } from './running.ts'

const { digest } = guestBundle()

test('the bundle is served under its digest, for ever the same', async t => {
  const { status, body, headers } = await ask(stateOf(), 'GET', `/guest/${digest}`)
  t.is(status, 200)
  t.is(createHash('sha256').update(body).digest('hex'), digest)
  t.is(headers['cache-control'], 'public, max-age=31536000, immutable')
})

test('another digest is told which one there is; another path is none of it', async t => {
  const other = await ask(stateOf(), 'GET', `/guest/${'0'.repeat(64)}`)
  t.is(other.status, 404)
  t.true(other.text.includes(digest))
  for (const path of ['/guest/x', `/guest/${digest.toUpperCase()}`, `/guest/${digest}/x`, `/guest/${digest}0`]) {
    t.is((await ask(stateOf(), 'GET', path)).status, 404, path)
  }
  t.is((await ask(stateOf(), 'POST', `/guest/${digest}`)).status, 405)
})

test('a server that asks for a token asks none of those who fetch the bundle, which holds nothing of the operator’s', async t => {
  const server = await runServer(t, { tokenFile: 'token' }, async () => Buffer.from('t0ken-of-the-fleet\n'))
  const answer = await send(server.port, get(`/guest/${digest}`, CLOSE))
  t.regex(answer, /^HTTP\/1\.1 200 /)
  t.like(server.requests()[0], { level: 'info', route: '/guest/{digest}', status: 200 })
  t.regex(await send(server.port, get('/metrics', CLOSE)), /^HTTP\/1\.1 401 /)
})

test('what is served of a VM of the profile fetch is what the command line makes', async t => {
  const options = { profile: 'fetch', guestUrl: 'http://192.0.2.1:8080/guest/' } as const
  const { output } = inject(Buffer.from(ANNOTATED), options)
  const { status, text } = await ask(stateOf({ defaults: () => options }), 'POST', '/inject', ANNOTATED)
  t.is(status, 200)
  t.is(text, Buffer.from(output ?? '').toString())
  const query = `profile=fetch&guest-url=${encodeURIComponent(options.guestUrl)}`
  t.is((await ask(stateOf(), 'POST', `/inject?${query}`, ANNOTATED)).text, text)
  t.regex((await ask(stateOf(), 'POST', '/inject?profile=fetch', ANNOTATED)).text, /E104/)
})
