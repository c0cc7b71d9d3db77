import test from 'ava'
import { ANNOTATED } from './handlers.ts'
import { CLOSE, get, post, runServer, send, wire } from './running.ts'

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])

test('a request is answered, with its id, and told in one line of the log without any of its data', async t => {
  const server = await runServer(t)
  const answer = await send(
    server.port,
    post(
      '/inject?annotation=service-tags=SECRET1',
      `${ANNOTATED}# SECRET2\n`,
      'X-Request-Id: abc-1',
      'X-Secret: SECRET3',
      CLOSE,
    ),
  )
  t.is(statusOf(answer), 200)
  t.regex(answer, /\r\nx-request-id: abc-1\r\n/)
  t.regex(answer, /\r\ncache-control: no-store\r\n/)
  t.true(answer.includes('SECRET2'))
  await server.logged(({ id }) => id === 'abc-1')
  t.is(server.requests().length, 1)
  t.like(server.requests()[0], { level: 'info', method: 'POST', route: '/inject', status: 200, outcome: 'injected' })
  t.false(server.text().includes('SECRET'))
})

test('an id that is not well-formed is replaced', async t => {
  const { port } = await runServer(t)
  const answer = await send(port, get('/healthz', 'X-Request-Id: a b"c', CLOSE))
  t.regex(answer, /\r\nx-request-id: [0-9a-f-]{36}\r\n/)
})

test('HEAD is answered without a body and with its length', async t => {
  const { port } = await runServer(t)
  const answer = await send(port, get('/healthz', CLOSE).replace('GET', 'HEAD'))
  t.is(statusOf(answer), 200)
  t.regex(answer, /\r\ncontent-length: 3\r\n[\s\S]*\r\n\r\n$/)
})

test('a body that is announced as too large is refused before it is sent, and one that turns out so as soon as it does', async t => {
  const server = await runServer(t, { maxBody: 1000 })
  const announced = await wire(server.port)
  announced.socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n')
  t.is(statusOf(await announced.until(/E705/)), 413)
  announced.socket.destroy()
  const chunked = await wire(server.port)
  chunked.socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  chunked.socket.write(`3e8\r\n${'x'.repeat(1000)}\r\n1\r\n`)
  chunked.socket.write('x\r\n')
  t.is(statusOf(await chunked.until(/E705/)), 413)
  chunked.socket.destroy()
  t.is(statusOf(await send(server.port, post('/inject', 'x'.repeat(1000), CLOSE))), 200)
})

test('who waits to be told to go on is told so, or at once that the body is too large', async t => {
  const { port } = await runServer(t, { maxBody: 1000 })
  const polite = await wire(port)
  polite.socket.write(
    `POST /inject HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n${CLOSE}\r\n\r\n`,
  )
  await polite.until(/^HTTP\/1.1 100 Continue\r\n\r\n/)
  polite.socket.write('x\r\n')
  t.regex(await polite.closed, /HTTP\/1.1 200 OK/)
  const refused = await wire(port)
  refused.socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3000\r\n\r\n')
  t.is(statusOf(await refused.until(/E705/)), 413)
  refused.socket.destroy()
})

test('a client that is slow with its headers or with its body is told so, and the connection ends', async t => {
  const server = await runServer(t, { requestMilliseconds: 1000 })
  const [headers, body] = [await wire(server.port), await wire(server.port)]
  headers.socket.write('GET /healthz HTTP/1.1\r\nHost')
  body.socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n')
  await body.until(/100 Continue/)
  body.socket.write('abc')
  t.is(statusOf(await headers.closed), 408)
  t.regex(await body.closed, /^HTTP\/1\.1 408 /m)
  await server.logged(({ route }) => route === '/inject')
  t.deepEqual(
    server
      .requests()
      .map(({ status, route }) => `${status} ${route}`)
      .sort(),
    ['408 /inject', '408 none'],
  )
})

test('a kept connection on which nothing comes is closed', async t => {
  const { port } = await runServer(t, { idleMilliseconds: 50, requestMilliseconds: 5000 })
  const answer = await send(port, get('/healthz'))
  t.is(statusOf(answer), 200)
})

test('connections over the limit are closed, and counted', async t => {
  const { port } = await runServer(t, { maxConnections: 2 })
  const [first, second] = [await wire(port), await wire(port)]
  t.is(await (await wire(port)).closed, '')
  second.socket.end()
  await second.closed
  first.socket.write(get('/metrics', CLOSE))
  t.regex(await first.closed, /^consul_vm_inject_connections_dropped_total 1$/m)
})

for (const [what, bytes, status] of [
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
  ['an unknown method', 'BREW /inject HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\n${`A: ${'b'.repeat(60)}\r\n`.repeat(400)}`, 431],
  ['no host', `GET /healthz HTTP/1.1\r\n${CLOSE}\r\n\r\n`, 400],
  [
    'a length and chunks',
    'POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['two lengths', 'POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 400],
  ['a broken chunk', 'POST /inject HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['an upgrade', get('/inject', 'Connection: upgrade', 'Upgrade: websocket'), 405],
  ['an expectation', post('/inject', 'x', 'Expect: tea'), 417],
  ['an encoded body', post('/inject', 'x', 'Content-Encoding: gzip'), 415],
  ['a path that escapes', get('/web1/%2e%2e/%2e%2e/etc/passwd', CLOSE), 400],
  ['a path that escapes as it is', get('/../../etc/passwd', CLOSE), 400],
  ['an escaped slash', get('/web1%2fuser-data', CLOSE), 400],
  ['a NUL', get('/web1%00/user-data', CLOSE), 400],
  ['a backslash', get('/..%5c..%5cetc/user-data', CLOSE), 400],
  ['a broken escape', get('/web1/%s', CLOSE), 400],
  ['another path', get('/nothing', CLOSE), 404],
  ['another method', get('/inject', CLOSE), 405],
] as const) {
  test(`a bad request is answered ${status} and has one line in the log: ${what}`, async t => {
    const server = await runServer(t, { requestMilliseconds: 2000 })
    const { socket, until } = await wire(server.port)
    socket.write(bytes)
    const answer = await until(/\r\n\r\n[\s\S]*\]\n/)
    socket.end()
    t.is(statusOf(answer), status)
    t.regex(answer, /\r\nx-request-id: \S+\r\n/)
    const line = await server.logged(({ message }) => message === 'request')
    t.is(line['status'], status)
    t.is(typeof line['reason'], 'string')
    t.is(statusOf(await send(server.port, get('/healthz', CLOSE))), 200)
    t.is(server.requests().length, 2)
  })
}

test('a tunnel that is asked for and broken off harms nobody', async t => {
  const server = await runServer(t)
  const { socket, closed } = await wire(server.port)
  socket.write('CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  await server.logged(({ status }) => status === 405)
  socket.resetAndDestroy()
  await closed
  for (let times = 0; times < 3; times++) t.is(statusOf(await send(server.port, get('/healthz', CLOSE))), 200)
})

test('requests in one go on one connection are answered in their order, and what is wrong behind them ends it', async t => {
  const server = await runServer(t)
  const answer = await send(
    server.port,
    [get('/healthz'), post('/inject', ANNOTATED), get('/nothing'), 'rubbish\r\n\r\n'].join(''),
  )
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => status)
  t.deepEqual(statuses, ['200', '200', '404'])
  t.deepEqual(
    server
      .requests()
      .map(({ status }) => status)
      .sort(),
    [200, 200, 400, 404],
  )
})

test('a client that goes away in the middle has its line too', async t => {
  const server = await runServer(t)
  const { socket } = await wire(server.port)
  socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
  await new Promise(resolve => setTimeout(resolve, 50))
  socket.resetAndDestroy()
  const line = await server.logged(({ message }) => message === 'request')
  t.like(line, { route: '/inject', status: 0, reason: 'the client went away', level: 'warn' })
})

test('a document that takes too long to judge costs itself, and others are answered meanwhile', async t => {
  const server = await runServer(t, { jobMilliseconds: 1, maxBody: 4 << 20 })
  const heavy = `${ANNOTATED}${Array.from({ length: 20_000 }, (_, n) => `# consul.hashicorp.com/k${n}: x\n`).join('')}`
  t.is(statusOf(await send(server.port, post('/inject', heavy, CLOSE))), 422)
  t.like(server.requests()[0], { outcome: 'failed', reason: 'the document took too long to judge' })
  t.is(statusOf(await send(server.port, get('/healthz', CLOSE))), 200)
})

test('the counters have every request and what became of the documents', async t => {
  const { port } = await runServer(t)
  await send(port, post('/inject', ANNOTATED, CLOSE))
  await send(port, post('/inject?annotation=connect-service-port=x', ANNOTATED, CLOSE))
  await send(port, get(`/nothing/${'x'.repeat(100)}`, CLOSE))
  const text = await send(port, get('/metrics', CLOSE))
  t.regex(text, /\r\ncontent-type: text\/plain; version=0\.0\.4/)
  t.regex(text, /^consul_vm_inject_requests_total\{route="\/inject",method="POST",status="200"\} 1$/m)
  t.regex(text, /^consul_vm_inject_requests_total\{route="none",method="GET",status="404"\} 1$/m)
  t.regex(text, /^consul_vm_inject_documents_total\{hook="inject",outcome="injected"\} 1$/m)
  t.regex(text, /^consul_vm_inject_documents_total\{hook="inject",outcome="refused"\} 1$/m)
  t.regex(text, /^consul_vm_inject_diagnostics_total\{code="E301"\} 1$/m)
  t.regex(text, /^consul_vm_inject_request_duration_seconds_bucket\{route="\/inject",le="\+Inf"\} 2$/m)
  t.regex(text, /^process_resident_memory_bytes 4096$/m)
})
