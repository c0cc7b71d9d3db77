import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import test from 'ava'
import { installed } from '../cli/tool.ts'
import { authority, type Certificate } from './certificates.ts'
import { ANNOTATED } from './handlers.ts'
import { attempt, CLOSE, get, post, runServer, send, wire } from './running.ts'

const withOpenssl = installed('openssl') ? test : test.skip
const made = installed('openssl') ? authority() : undefined
test.after.always(() => {
  if (made !== undefined) rmSync(made.folder, { recursive: true, force: true })
})

const issue = (name: string): Certificate => {
  if (made === undefined) throw new Error('there is no openssl')
  return made.issue(name)
}
const caOf = (): string => made?.ca ?? ''

/** One request over TLS: the name on the server's certificate, and the answer. */
async function ask(port: number, request: string, client?: Certificate): Promise<{ name: string; answer: string }> {
  const socket: TLSSocket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: readFileSync(caOf()),
    ...(client !== undefined && { cert: readFileSync(client.cert), key: readFileSync(client.key) }),
  })
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk.toString('latin1')
  })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const name = String(socket.getPeerCertificate().subject.CN)
  socket.on('error', () => {})
  socket.write(request)
  await new Promise(resolve => socket.once('close', resolve))
  return { name, answer }
}

withOpenssl('at the deadline a connection is cut too that has not begun its handshake', async t => {
  const tls = issue('deadline')
  const server = await runServer(t, { tls, shutdownMilliseconds: 50, requestMilliseconds: 1e6 }, readFile)
  const { closed } = await wire(server.port)
  server.signal('SIGTERM')
  await server.ended
  await closed
  t.true(server.lines().some(({ reason }) => reason === 'the deadline is over: what is left is cut'))
})

withOpenssl('a certificate that is replaced is used without a restart, also for what is running', async t => {
  const [first, second] = [issue('first'), issue('second')]
  const cert = join(made?.folder ?? '', 'live.crt')
  const key = join(made?.folder ?? '', 'live.key')
  const put = (from: Certificate): void => {
    copyFileSync(from.key, key)
    copyFileSync(from.cert, cert)
  }
  put(first)
  const server = await runServer(t, { tls: { cert, key } }, readFile)
  t.is((await ask(server.port, get('/healthz', CLOSE))).name, 'first')
  put(second)
  await server.logged(({ what, outcome }) => what === 'tls' && outcome === 'done')
  t.is((await ask(server.port, get('/healthz', CLOSE))).name, 'second')
  writeFileSync(cert, 'no certificate')
  await server.logged(({ what, outcome }) => what === 'tls' && outcome === 'kept')
  t.is((await ask(server.port, get('/healthz', CLOSE))).name, 'second')
  const { answer } = await ask(server.port, get('/metrics', CLOSE))
  t.regex(answer, /^consul_vm_inject_reloads_total\{what="tls",outcome="kept"\} [1-9]/m)
  t.regex(answer, /^consul_vm_inject_certificate_not_after_seconds \d{10}$/m)
  t.false(server.text().includes('PRIVATE'))
})

withOpenssl(
  'a certificate and a key that do not belong together keep the server from starting, and the old ones in force',
  async t => {
    const [one, two] = [issue('one'), issue('two')]
    const { started } = await attempt({ tls: { cert: one.cert, key: two.key } }, readFile)
    t.false(started.ok)
    const files = { cert: join(made?.folder ?? '', 'pair.crt'), key: join(made?.folder ?? '', 'pair.key') }
    copyFileSync(one.cert, files.cert)
    copyFileSync(one.key, files.key)
    const server = await runServer(t, { tls: files, pollMilliseconds: 1e6 }, readFile)
    copyFileSync(two.cert, files.cert)
    server.signal('SIGHUP')
    await server.logged(({ what, outcome }) => what === 'tls' && outcome === 'kept')
    t.is((await ask(server.port, get('/healthz', CLOSE))).name, 'one')
  },
)

withOpenssl('with a client CA only clients with its certificates are answered, and probes', async t => {
  const [own, client] = [issue('server'), issue('client')]
  const stranger = authority()
  t.teardown(() => rmSync(stranger.folder, { recursive: true, force: true }))
  const server = await runServer(t, { tls: { ...own, clientCa: caOf() } }, readFile)
  const request = post('/inject', ANNOTATED, CLOSE)
  t.regex((await ask(server.port, request, client)).answer, /^HTTP\/1\.1 200 /)
  t.regex((await ask(server.port, request)).answer, /^HTTP\/1\.1 403 /)
  t.regex((await ask(server.port, request, stranger.issue('client'))).answer, /^HTTP\/1\.1 403 /)
  t.regex((await ask(server.port, get('/healthz', CLOSE))).answer, /^HTTP\/1\.1 200 /)
  t.regex((await ask(server.port, get('/metrics', CLOSE))).answer, /^HTTP\/1\.1 403 /)
})

withOpenssl('plain HTTP on a port of TLS is a line in the log and nothing else', async t => {
  const server = await runServer(t, { tls: issue('plain') }, readFile)
  t.is(await send(server.port, get('/healthz')), '')
  t.like(await server.logged(({ message }) => message === 'handshake'), { level: 'warn' })
  t.regex((await ask(server.port, get('/healthz', CLOSE))).answer, /^HTTP\/1\.1 200 /)
})
