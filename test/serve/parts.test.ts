import { cpuUsage } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import fc from 'fast-check'
import { rejection, tokenIn } from '../../src/serve/auth.ts'
import { activation, isLoopback, readListen } from '../../src/serve/listen.ts'
import { createLog, gathered, traceOf } from '../../src/serve/log.ts'
import { memoized } from '../../src/serve/memoize.ts'
import { createMetrics } from '../../src/serve/metrics.ts'
import { lacked } from '../../src/serve/processor-time.ts'
import { readTarget } from '../../src/serve/target.ts'
import type { Job } from '../../src/serve/work.ts'

for (const [text, host, port] of [
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  ['[::1]:0', '::1', 0],
  ['localhost:65535', 'localhost', 65535],
  ['8080', '127.0.0.1', 8080],
  [':8080', '::', 8080],
  ['*:8080', '::', 8080],
] as const) {
  test(`an address to listen on: ${text}`, t => {
    t.deepEqual(readListen(text), { kind: 'address', host, port })
  })
}

for (const text of ['', ':', 'x', '127.0.0.1', '127.0.0.1:65536', '::1:80', '[::1]', 'a b:80', ':-1', '1.2.3.4:80x']) {
  test(`no address to listen on: ${JSON.stringify(text)}`, t => t.is(readListen(text), undefined))
}

test('a socket of systemd is taken by the process that it is meant for, and only one', t => {
  t.deepEqual(activation({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7), { kind: 'descriptor', fd: 3 })
  t.is(activation({ LISTEN_PID: '8', LISTEN_FDS: '1' }, 7), undefined)
  t.is(activation({}, 7), undefined)
  t.is(activation({ LISTEN_PID: '7', LISTEN_FDS: '0' }, 7), undefined)
  t.regex(String(activation({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7)), /^systemd passes 2 sockets/)
})

test('only addresses of this machine are loopback', t => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) t.true(isLoopback(address), address)
  for (const address of ['::', '0.0.0.0', '10.0.0.1', 'fe80::1', '128.0.0.1']) t.false(isLoopback(address), address)
})

test('a path never holds a segment that leads elsewhere', t => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: 'binary' }), (url, text) => {
      for (const raw of [url, text, `/${text}`, `/${encodeURIComponent(text)}`, `/a/%2E${text}`]) {
        const target = readTarget(raw)
        if (target === undefined || target.path === '/') continue
        for (const segment of target.path.slice(1).split('/')) {
          if (/[\\\x00-\x1f\x7f]/.test(segment) || ['', '.', '..'].includes(segment)) return false
        }
      }
      return true
    }),
  )
  t.pass()
})

test('a path is read without its escapes, its query and the host that a proxy was asked for', t => {
  t.is(readTarget('/web1/user%2Ddata?x=1')?.path, '/web1/user-data')
  t.is(readTarget('http://h:1/web1/user-data')?.path, '/web1/user-data')
  t.is(readTarget('/inject?a=%31&a=2')?.query.getAll('a').join(), '1,2')
  t.is(readTarget('/a%252e%252e/b')?.path, '/a%2e%2e/b')
  for (const raw of ['*', '', 'web1', '//h/x', '/a//b', '/a/', '/%', '/%ff', '/a?b#c', 'file:///etc/passwd'])
    t.is(readTarget(raw), undefined, raw)
})

test('a line of the log is one line of ASCII, whatever is in it', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      let line = ''
      createLog('info', written => {
        line += written
      })('info', 'request', { reason: text })
      const parsed = JSON.parse(line) as { reason: string }
      return /^[\x20-\x7e]+\n$/.test(line) && parsed.reason === text
    }),
  )
  t.pass()
})

test('what weighs less than the threshold is not logged', t => {
  const lines: string[] = []
  const log = createLog(
    'warn',
    line => lines.push(line),
    () => new Date(0),
  )
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, 'x', { nothing: undefined })
  t.deepEqual(lines, [
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"x"}\n',
    '{"time":"1970-01-01T00:00:00.000Z","level":"error","message":"x"}\n',
  ])
})

test('lines of one turn are written at once and in order, those of the next by themselves', async t => {
  const written: string[] = []
  const write = gathered(text => written.push(text))
  for (const line of ['a\n', 'b\n']) write(line)
  t.deepEqual(written, [])
  await setImmediate()
  write('c\n')
  await setImmediate()
  t.deepEqual(written, ['a\nb\n', 'c\n'])
})

test('a fault is told without its message, which may hold what was read', t => {
  let trace = ''
  try {
    JSON.parse('SECRET')
  } catch (error) {
    trace = traceOf(error)
  }
  t.regex(trace, /^SyntaxError < at JSON\.parse/)
  t.false(trace.includes('SECRET'))
  t.is(traceOf('SECRET'), 'string')
})

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

test('a token is taken as bearer or as the password of basic authentication, and nothing like it', t => {
  const asked = (authorization: string | undefined): number | undefined =>
    rejection({ token: 's3cret:x', certificate: false }, { authorization, certified: false })?.status
  for (const right of ['Bearer s3cret:x', 'bearer  s3cret:x ', basic('any:s3cret:x'), basic(':s3cret:x')])
    t.is(asked(right), undefined, right)
  for (const wrong of [
    undefined,
    '',
    's3cret:x',
    'Bearer',
    'Bearer s3cret',
    basic('s3cret:x'),
    'Digest s3cret:x',
    'Bearer é',
  ])
    t.is(asked(wrong), 401, wrong)
})

test('a certificate and a token are both asked for when both are configured', t => {
  const caller = { authorization: 'Bearer t', certified: true }
  t.is(rejection({ token: 't', certificate: true }, caller), undefined)
  t.is(rejection({ token: 't', certificate: true }, { ...caller, certified: false })?.status, 403)
  t.is(rejection({ token: 'u', certificate: true }, caller)?.status, 401)
  t.is(rejection({ certificate: false }, { authorization: undefined, certified: false }), undefined)
})

test('a token is one word', t => {
  t.is(tokenIn(' abc\n'), 'abc')
  for (const text of ['', '\n', 'a b', 'a\nb\n']) t.is(tokenIn(text), undefined)
})

test('the text of the metrics escapes labels and fills the buckets of a histogram', t => {
  const metrics = createMetrics()
  const a = metrics.counter('a_total', 'A.')
  for (const labels of [{ x: 'q"\\\n' }, { x: 'q"\\\n' }]) a.add(labels)
  metrics.counter('b_total', 'Never counted.')
  metrics.gauge('c', 'C.', () => undefined)
  const seconds = metrics.histogram('d_seconds', 'D.', [1, 2])
  for (const value of [0.5, 2, 3]) seconds.observe({ r: 'x' }, value)
  t.is(
    metrics.text(),
    `# HELP a_total A.\n# TYPE a_total counter\na_total{x="q\\"\\\\\\n"} 2\n# HELP d_seconds D.\n# TYPE d_seconds histogram
d_seconds_bucket{r="x",le="1"} 1\nd_seconds_bucket{r="x",le="2"} 2\nd_seconds_bucket{r="x",le="+Inf"} 3
d_seconds_sum{r="x"} 5.5\nd_seconds_count{r="x"} 3\n`,
  )
})

const job = (text: string, over: Partial<Job> = {}): Job => ({
  kind: 'inject',
  input: Buffer.from(text),
  options: {},
  ...over,
})

test('a job is done once, also while it is being done, and again once it was forgotten or has failed', async t => {
  const done: string[] = []
  const work = memoized(async ({ input }) => {
    const text = Buffer.from(input).toString()
    done.push(text)
    if (text === 'bad') return { ok: false, why: 'timeout' }
    return { ok: true, output: new Uint8Array(1000), injected: true, errors: false, diagnostics: [] }
  }, 5000)
  await Promise.all([work(job('a')), work(job('a')), work(job('bad'))])
  await work(job('a'))
  await work(job('bad'))
  t.deepEqual(done, ['a', 'bad', 'bad'])
  await work(job('b'))
  await work(job('a'))
  await work(job('c'))
  await work(job('a'))
  t.deepEqual(done.slice(3), ['b', 'c'])
  await work(job('b'))
  t.deepEqual(done.slice(5), ['b'])
})

test('a job that is being done is not forgotten for want of room', async t => {
  let count = 0
  const held: (() => void)[] = []
  const work = memoized(async ({ input }) => {
    count += 1
    if (input.length === 0) await new Promise<void>(resolve => held.push(resolve))
    return { ok: true, output: new Uint8Array(1000), injected: true, errors: false, diagnostics: [] }
  }, 1000)
  const first = work(job(''))
  await work(job('a'))
  const second = work(job(''))
  for (const go of held) go()
  await Promise.all([first, second])
  t.is(count, 2)
})

test('no two jobs are taken for one', async t => {
  let count = 0
  const work = memoized(async () => {
    count += 1
    return { ok: true, output: undefined, injected: false, errors: false, diagnostics: [] }
  }, 1e6)
  const jobs = [
    job('ab'),
    job('ab', { kind: 'vendor' }),
    job('ab', { options: { name: 'x' } }),
    job('a', { beside: Buffer.from('b') }),
    job('ab', { beside: new Uint8Array() }),
    job('', { beside: Buffer.from('ab') }),
  ]
  for (const one of jobs) await work(one)
  t.is(count, jobs.length)
})

test('work gets the time that it lacked of a processor, three times its own at most, and none when it had one', t => {
  const since = (share: number): number => {
    const { user, system } = cpuUsage()
    return lacked({ user: user - share * 100_000, system }, 100)
  }
  t.is(since(1), 0)
  t.is(since(0.95), 0)
  // What passes in between is time of this process, too.
  t.true(since(0.5) > 50 && since(0.5) <= 100)
  t.is(since(0), 300)
})
