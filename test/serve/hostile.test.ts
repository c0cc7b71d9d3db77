import { gzipSync } from 'node:zlib'
import test from 'ava'
import { ANNOTATED } from './handlers.ts'
import { CLOSE, get, post, runServer, send, wire } from './running.ts'

const MIB = 1024 * 1024
const COUNT = 125

/** A POST with a body of bytes. */
const posted = (path: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`), body])

const bomb = gzipSync(Buffer.alloc(65 * MIB), { level: 9 })
const cut = gzipSync(Buffer.from(ANNOTATED)).subarray(0, 60)
const pick = <T>(list: readonly [T, ...T[]], n: number): T => list[n % list.length] ?? list[0]

/** The kinds of requests that nobody sends who means well, and what each is answered. */
const KINDS: Readonly<Record<string, { readonly status: number; readonly bytes: (n: number) => string | Uint8Array }>> =
  {
    oversized: {
      status: 413,
      bytes: n =>
        pick(
          [
            `POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: ${MIB * (n + 1)}\r\n\r\n${'x'.repeat(n * 100)}`,
            `POST /inject HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n30000\r\n${'x'.repeat(0x30000)}\r\n`,
          ],
          n,
        ),
    },
    slow: {
      status: 408,
      bytes: n =>
        pick(
          [
            'G',
            'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ',
            'POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx',
          ],
          n,
        ),
    },
    'truncated gzip': { status: 200, bytes: n => posted(`/inject?name=${n}`, cut.subarray(0, 30 + (n % 30))) },
    // Judging one takes a while; who sends the very same again gets what is remembered.
    'zip bomb': { status: 422, bytes: n => posted(`/inject?name=${n % 8}`, bomb) },
    'path escape': {
      status: 400,
      bytes: n =>
        get(
          pick(
            [
              '/web1/../../etc/passwd',
              '/%2e%2e/%2e%2e/etc/user-data',
              '/..%2f..%2fuser-data',
              '/..\\..\\user-data',
              '/web1%00/user-data',
              '//etc/passwd',
              '/web1/%c0%ae%c0%ae/user-data',
            ],
            n,
          ),
        ),
    },
    'broken JSON': {
      status: 400,
      bytes: n => post('/openstack/vendordata', pick(['{', '[1', '{"user-data":7}', '\u0000', '['.repeat(90_000)], n)),
    },
    'wrong verb': {
      status: 405,
      bytes: n =>
        pick(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT'], n) + get('/inject').slice(3),
    },
    'header flood': {
      status: 431,
      bytes: n => get('/healthz', ...Array.from({ length: 40 + n }, () => `X-A: ${'y'.repeat(500)}`)),
    },
  }

test('after 1,000 hostile requests the server serves as before, and each of them has one line in the log', async t => {
  const server = await runServer(t, { maxBody: MIB / 8, requestMilliseconds: 2000 })
  const all = Object.entries(KINDS).flatMap(([kind, { bytes, status }]) =>
    Array.from({ length: COUNT }, (_, n) => ({ kind, status, bytes: bytes(n) })),
  )
  t.is(all.length, 1000)
  const wrong: string[] = []
  const one = async ({ kind, status, bytes }: (typeof all)[number]): Promise<void> => {
    const { socket, closed, until } = await wire(server.port)
    socket.write(bytes)
    const answer = await Promise.race([until(/^HTTP\/1\.1 \d+ [\s\S]*\r\n\r\n/), closed])
    socket.end()
    await closed
    if (!answer.startsWith(`HTTP/1.1 ${status} `)) wrong.push(`${kind}: ${answer.slice(0, 40)}`)
  }
  const slow = all.filter(({ kind }) => kind === 'slow').map(one)
  const rest = all.filter(({ kind }) => kind !== 'slow')
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await one(next)
  }
  await Promise.all([...slow, ...Array.from({ length: 32 }, lane)])
  t.deepEqual(wrong, [])
  await server.logged(() => server.requests().length >= 1000)

  const answer = await send(server.port, post('/inject', ANNOTATED, 'X-Request-Id: good', CLOSE))
  t.regex(answer, /^HTTP\/1\.1 200 OK[\s\S]*text\/cloud-boothook/)
  await server.logged(({ id }) => id === 'good')
  t.is(server.requests().length, 1001)
  t.is(new Set(server.requests().map(({ id }) => id)).size, 1001)
  for (const { status } of Object.values(KINDS)) {
    const expected = Object.values(KINDS).filter(kind => kind.status === status).length * COUNT
    t.is(
      server.requests().filter(line => line['status'] === status && line['id'] !== 'good').length,
      expected,
      `${status}`,
    )
  }
})
