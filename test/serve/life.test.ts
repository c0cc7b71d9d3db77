import test from 'ava'
import { ANNOTATED } from './handlers.ts'
import { attempt, CLOSE, type Files, get, post, runServer, send, wire } from './running.ts'

const reader =
  (files: Files) =>
  async (path: string): Promise<Uint8Array> => {
    const content = files.get(path)
    if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return Uint8Array.from(Buffer.from(content))
  }

const VALUES = 'connectInject:\n  default: true\n'

test('with a token nothing is answered without it but probes; it is read again on SIGHUP', async t => {
  const files: Files = new Map([['token', 'first\n']])
  const server = await runServer(t, { tokenFile: 'token' }, reader(files))
  const status = async (...headers: readonly string[]): Promise<string> =>
    (await send(server.port, post('/inject', ANNOTATED, ...headers, CLOSE))).slice(9, 12)
  t.is(await status(), '401')
  t.is(await status('Authorization: Bearer second'), '401')
  t.is(await status('Authorization: Bearer first'), '200')
  t.regex(await send(server.port, get('/nothing', CLOSE)), /^HTTP\/1\.1 401 [\s\S]*\r\nwww-authenticate: /)
  t.regex(await send(server.port, get('/healthz', CLOSE)), /^HTTP\/1\.1 200 /)
  files.set('token', 'second\n')
  server.signal('SIGHUP')
  await server.logged(({ what, outcome }) => what === 'token' && outcome === 'done')
  t.is(await status('Authorization: Bearer first'), '401')
  t.is(await status('Authorization: Bearer second'), '200')
  files.set('token', 'two words\n')
  server.signal('SIGHUP')
  await server.logged(({ what, outcome }) => what === 'token' && outcome === 'kept')
  t.is(await status('Authorization: Bearer second'), '200')
  t.false(server.text().includes('first'))
  t.false(server.text().includes('second'))
})

test('a body is not read before the token has been seen', async t => {
  const server = await runServer(t, { tokenFile: 'token' }, reader(new Map([['token', 'x']])))
  const { socket, until } = await wire(server.port)
  socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n')
  t.regex(await until(/E702/), /^HTTP\/1\.1 401 /)
  socket.destroy()
})

test('the values are read again on SIGHUP; faulty ones leave those that were', async t => {
  const files: Files = new Map([['values.yaml', '{}']])
  const server = await runServer(t, { values: 'values.yaml' }, reader(files))
  const outcome = async (): Promise<unknown> => {
    const before = server.requests().length
    await send(server.port, post('/inject?annotation=connect-service=web', '#cloud-config\n{}\n', CLOSE))
    await server.logged(() => server.requests().length > before)
    return server.requests().at(-1)?.['outcome']
  }
  t.is(await outcome(), 'left')
  files.set('values.yaml', VALUES)
  t.is(await outcome(), 'left')
  server.signal('SIGHUP')
  await server.logged(({ what, outcome: how }) => what === 'values' && how === 'done')
  t.is(await outcome(), 'injected')
  for (const [count, bad] of ['connectInject: 7\n', '{', undefined].entries()) {
    if (bad === undefined) files.delete('values.yaml')
    else files.set('values.yaml', bad)
    server.signal('SIGHUP')
    await server.logged(() => server.lines().filter(({ outcome: how }) => how === 'kept').length > count)
    t.is(await outcome(), 'injected')
  }
})

test('a server that cannot start says why', async t => {
  const why = async (...call: Parameters<typeof attempt>): Promise<string> => {
    const { started } = await attempt(...call)
    if (started.ok) started.stop()
    return started.ok ? 'it started' : `${started.message} ${started.diagnostics?.map(({ code }) => code).join() ?? ''}`
  }
  const { port } = await runServer(t)
  const listening = { kind: 'address', host: '127.0.0.1', port } as const
  t.is((await why({ listening })).trim(), 'cannot listen: the address is in use')
  t.regex(await why({ directory: '/nowhere/at/all' }), /^cannot use the directory \/nowhere\/at\/all: ENOENT/)
  t.regex(await why({ tokenFile: 'token' }, reader(new Map())), /^cannot use token \(token\): ENOENT/)
  t.regex(
    await why({ tokenFile: 'token' }, reader(new Map([['token', '\n']]))),
    /^cannot use token \(token\): it holds no/,
  )
  const values = new Map([['v', 'connectInject: 7\n']])
  t.regex(await why({ values: 'v' }, reader(values)), /^cannot use v \(values\): it has faults E213/)
})

test('at SIGTERM what is under way is answered, nothing new is taken, and then the server ends', async t => {
  const server = await runServer(t)
  const busy = await wire(server.port)
  busy.socket.write(
    `POST /inject HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${ANNOTATED.length}\r\n\r\n`,
  )
  await busy.until(/100 Continue/)
  const idle = await wire(server.port)
  idle.socket.write(get('/readyz'))
  await idle.until(/200 OK/)
  server.signal('SIGTERM')
  await idle.closed
  t.is(await send(server.port), '', 'nobody listens')
  busy.socket.write(ANNOTATED)
  const answer = await busy.closed
  t.regex(answer, /HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n/i)
  await server.ended
  t.like(server.lines().at(-1), { message: 'stopped' })
})

test('at the deadline what is left is cut, and at a second signal at once', async t => {
  const start = async (shutdownMilliseconds: number) => {
    const server = await runServer(t, { shutdownMilliseconds })
    const stuck = await wire(server.port)
    stuck.socket.write('POST /inject HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n')
    await stuck.until(/100 Continue/)
    server.signal('SIGTERM')
    return { server, stuck }
  }
  const patient = await start(50)
  await patient.server.ended
  await patient.stuck.closed
  const hurried = await start(1e6)
  hurried.server.signal('SIGINT')
  await hurried.server.ended
  await hurried.stuck.closed
  for (const [{ server }, why] of [
    [patient, 'the deadline is over'],
    [hurried, 'told a second time'],
  ] as const) {
    t.like(server.requests().at(-1), { status: 0, reason: 'the client went away' })
    t.true(server.lines().some(({ reason }) => reason === `${why}: what is left is cut`))
  }
})

test('an address that others can reach is warned of when anyone may ask', async t => {
  const listening = { kind: 'address', host: '0.0.0.0', port: 0 } as const
  const open = await runServer(t, { listening })
  t.like(await open.logged(({ message }) => message === 'exposure'), { level: 'warn' })
  const guarded = await runServer(t, { listening, tokenFile: 'token' }, reader(new Map([['token', 'x']])))
  t.regex(String((await guarded.logged(({ message }) => message === 'exposure'))['reason']), /in the clear/)
  const local = await runServer(t)
  await local.logged(({ message }) => message === 'listening')
  t.is(
    local.lines().find(({ message }) => message === 'exposure'),
    undefined,
  )
})
