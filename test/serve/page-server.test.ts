import test from 'ava'
import { ANNOTATED } from './handlers.ts'
import { attempt, CLOSE, get, post, runServer, send } from './running.ts'

const named = (host: string, request: string): string => request.replace('Host: x', `Host: ${host}`)
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])

test('the page comes with what keeps a browser from everything else', async t => {
  const { port } = await runServer(t, { page: true })
  for (const path of ['/', '/page.css', '/page.js']) {
    const answer = await send(port, named(`127.0.0.1:${port}`, get(path, CLOSE)))
    t.is(statusOf(answer), 200, path)
    t.regex(
      answer,
      /\r\ncontent-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n/,
    )
    t.regex(answer, /\r\nx-content-type-options: nosniff\r\n/)
    t.regex(answer, /\r\nreferrer-policy: no-referrer\r\n/)
    t.regex(answer, /\r\ncache-control: no-store\r\n/)
    t.notRegex(answer, /\r\naccess-control-/)
  }
})

test('without being asked for the page is not there', async t => {
  const { port } = await runServer(t)
  for (const path of ['/', '/page.css', '/page.js'])
    t.is(statusOf(await send(port, named('localhost', get(path, CLOSE)))), 404, path)
  t.is(statusOf(await send(port, named('localhost', post('/preview', '', 'Origin: http://localhost', CLOSE)))), 404)
})

test('the page is not there for a site whose name was made to lead here, and the rest of the server is as ever', async t => {
  const { port } = await runServer(t, { page: true })
  t.is(statusOf(await send(port, named(`example.org:${port}`, get('/', CLOSE)))), 403)
  t.is(statusOf(await send(port, named('example.org', post('/inject', ANNOTATED, CLOSE)))), 200)
})

test('a preview is one line of the log, without any of its data', async t => {
  const server = await runServer(t, { page: true })
  const host = `localhost:${server.port}`
  const body = `${ANNOTATED}# SECRET1\n`
  const headers = [`Origin: http://${host}`, 'X-Request-Id: p1', CLOSE]
  const answer = await send(
    server.port,
    named(host, post('/preview?name=SECRET2&annotation=service-tags=SECRET3', body, ...headers)),
  )
  t.is(statusOf(answer), 200)
  const line = await server.logged(({ id }) => id === 'p1')
  t.like(line, { route: '/preview', status: 200, outcome: 'injected' })
  t.false(server.text().includes('SECRET'))
})

for (const host of ['0.0.0.0', '::']) {
  test(`with the page the server does not start on ${host}`, async t => {
    const { started } = await attempt({ page: true, listening: { kind: 'address', host, port: 0 } })
    t.false(started.ok)
    if (!started.ok) t.regex(started.message, /^--page is for this machine only/)
  })
}

test('the page is guarded by the token as the rest is', async t => {
  const files = new Map([['token', 'a-token\n']])
  const { port } = await runServer(t, { page: true, tokenFile: 'token' }, async path =>
    Uint8Array.from(Buffer.from(files.get(path) ?? '')),
  )
  const basic = `Authorization: Basic ${Buffer.from('any:a-token').toString('base64')}`
  t.is(statusOf(await send(port, named('localhost', get('/', CLOSE)))), 401)
  t.is(statusOf(await send(port, named('localhost', get('/', basic, CLOSE)))), 200)
})
