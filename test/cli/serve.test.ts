import test from 'ava'
import { runIn, type World } from './world.ts'

const refused = test.macro<[argv: readonly string[], stderr: string, world?: World]>({
  async exec(t, argv, stderr, world) {
    const outcome = await runIn(world ?? {}, 'serve', ...argv)
    t.is(outcome.stderr, `error: ${stderr}\n`)
    t.is(outcome.exit, 2)
    t.is(outcome.stdout.toString(), '')
  },
  title: (_, argv = [], __ = '', world = undefined) =>
    `refused: serve ${argv.join(' ')} ${JSON.stringify(world ?? '')}`,
})

const ADDRESSES = '\n  = help: write 127.0.0.1:8080, [::1]:8080, :8080 or 8080'
test(refused, ['--listen', 'nowhere'], `--listen nowhere is not an address${ADDRESSES}`)
test(refused, ['--listen', '[::1]:99999'], `--listen [::1]:99999 is not an address${ADDRESSES}`)
test(refused, ['--max-body', '0'], '--max-body 0 is not a number from 1 to 67108864')
test(refused, ['--max-body', '1e3'], '--max-body 1e3 is not a number from 1 to 67108864')
test(refused, ['--shutdown-timeout', '1.5'], '--shutdown-timeout 1.5 is not a number from 0 to 3600')
test(refused, ['--tls-cert', 'a'], '--tls-cert and --tls-key need each other')
test(refused, ['--tls-key', 'a'], '--tls-cert and --tls-key need each other')
test(refused, ['--client-ca', 'a'], '--client-ca needs --tls-cert and --tls-key')
test(refused, ['--listen', '0', '--token-file', 'no'], 'cannot use no (token): ENOENT: fault')
test(refused, [], 'systemd passes 2 sockets, and one is taken: give the socket unit one ListenStream=', {
  env: { LISTEN_PID: '1', LISTEN_FDS: '2' },
})

const EXPOSED =
  '--page is for this machine only, and the server would listen on an address that others reach\n' +
  '  = help: leave --listen out, or give 127.0.0.1:8080 or [::1]:8080; of a socket of systemd,\n' +
  '          ListenStream=127.0.0.1:8080'
for (const address of [':0', '0.0.0.0:0']) test(refused, ['--listen', address, '--page'], EXPOSED)

test('serve runs until it is terminated, with the log on standard error and nothing on standard output', async t => {
  const world: World = { untilTerminated: Promise.resolve(), files: { v: '{}' } }
  const { exit, stdout, stderr } = await runIn(world, 'serve', '--listen', '0', '--values', 'v')
  t.is(exit, 0)
  t.is(stdout.toString(), '')
  const messages = stderr
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { message: string }).message)
  t.deepEqual(messages, ['listening', 'shutdown', 'stopped'])
})

test('faulty values are shown at their place before it is said that they keep the server from starting', async t => {
  const { exit, stderr } = await runIn(
    { files: { v: 'connectInject: 7\n' } },
    'serve',
    '--listen',
    '0',
    '--values',
    'v',
  )
  t.is(exit, 2)
  t.regex(stderr, /^error\[E213\]: [\s\S]* --> v:1:[\s\S]*\nerror: cannot use v \(values\): it has faults\n$/)
})
