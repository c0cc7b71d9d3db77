import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { bundle, COMPILED, FACES } from '../cli/faces.ts'
import { installed } from '../cli/tool.ts'
import { ANNOTATED, PLAIN } from './handlers.ts'
import { CLOSE, get, post, send } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-serve-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'web1'))
writeFileSync(join(folder, 'web1', 'user-data'), ANNOTATED)
writeFileSync(join(folder, 'web1', 'meta-data'), 'instance-id: i-web1\n')
writeFileSync(join(folder, 'token'), 'a-token\n')
writeFileSync(join(folder, 'faulty.yaml'), 'connectInject: 7\n')

interface Server {
  readonly port: number
  readonly pid: number
  readonly log: () => string
  readonly exit: Promise<number | null>
}

/** Starts a server as a process of its own, and ends it with the test. */
async function start(t: ExecutionContext, command: string, args: readonly string[]): Promise<Server> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder })
  let log = ''
  const exit = new Promise<number | null>(resolve => child.once('close', resolve))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on('data', chunk => {
      log += String(chunk)
      const found = /"message":"listening","address":"[^"]*:(\d+)"/.exec(log)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    void exit.then(status => reject(new Error(`it ended with ${status}: ${log}`)))
  })
  return { port, pid: child.pid ?? 0, log: () => log, exit }
}

for (const [face, [runner, main]] of Object.entries(FACES)) {
  test(`${face}: serves until SIGTERM, and ends with status 0`, async t => {
    const args = [main, 'serve', '--listen', '127.0.0.1:0', '--directory', folder, '--profile', 'prebuilt']
    const server = await start(t, runner, args)
    const answer = await send(server.port, get('/web1/user-data', CLOSE))
    t.regex(answer, /^HTTP\/1\.1 200 OK[\s\S]*\nContent-Type: text\/cloud-boothook/)
    t.regex(await send(server.port, post('/inject', PLAIN, CLOSE)), /packages: \[nginx\]\n$/)
    process.kill(server.pid, 'SIGTERM')
    t.is(await server.exit, 0)
    t.is(server.log().match(/"message":"request"/g)?.length, 2)
  })

  test(`${face}: the preview page is there when it is asked for, and shows what the core makes of user-data`, async t => {
    const server = await start(t, runner, [main, 'serve', '--listen', '127.0.0.1:0', '--page'])
    const host = `127.0.0.1:${server.port}`
    const here = (request: string): string => request.replace('Host: x', `Host: ${host}`)
    t.regex(await send(server.port, here(get('/', CLOSE))), /^HTTP\/1\.1 200 OK[\s\S]*<!doctype html>/)
    const answer = await send(server.port, here(post('/preview', ANNOTATED, `Origin: http://${host}`, CLOSE)))
    t.regex(answer, /^HTTP\/1\.1 200 OK[\s\S]*\{"preview":\{/)
  })

  test(`${face}: what the server cannot use is told as any bad usage is`, t => {
    const run = (...args: readonly string[]) =>
      spawnSync(runner, [main, 'serve', ...args], { cwd: folder, encoding: 'utf8' })
    const values = run('--values', 'faulty.yaml')
    t.is(values.status, 2)
    t.regex(values.stderr, /^error\[E213\][\s\S]*--> faulty\.yaml:1:[\s\S]*\nerror: cannot use faulty\.yaml/)
    const busy = run('--directory', './nowhere')
    t.is(busy.status, 2)
    t.regex(busy.stderr, /^error: cannot use the directory \.\/nowhere: /)
  })
}

const withBundle = existsSync(bundle) ? test : test.skip
withBundle('the commands of the pipe load nothing of the server', t => {
  const hook = join(folder, 'loaded.cjs')
  writeFileSync(
    hook,
    `process.on('exit', () => {
  const native = process.moduleLoadList.filter(name => /^NativeModule (?:http|https|net|tls|worker_threads|crypto|_http\\w+)$/.test(name))
  const files = Object.keys(require.cache).map(path => require('node:path').basename(path))
  process.stderr.write('LOADED ' + JSON.stringify([native, files]))
})`,
  )
  const loaded = (...args: readonly string[]): readonly (readonly string[])[] => {
    const { stderr } = spawnSync(process.execPath, ['-r', hook, bundle, ...args], {
      input: ANNOTATED,
      encoding: 'utf8',
    })
    return JSON.parse(/LOADED (.*)/.exec(stderr)?.[1] ?? '[["nothing"],[]]') as readonly (readonly string[])[]
  }
  for (const args of [['--version'], ['check'], ['inject'], ['serve', '--help']]) {
    const [native = [], files = []] = loaded(...args)
    t.deepEqual(
      native.filter(name => !/ (?:net|crypto)$/.test(name)),
      [],
      args.join(' '),
    )
    t.true(files.includes('command-line.js'))
    t.false(files.includes('serve.js'), args.join(' '))
  }
})

const PASS_A_SOCKET = `
import os, socket, sys
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
os.execv(sys.argv[1], sys.argv[1:])
`
const withPython = installed('python3') ? test : test.skip
for (const [face, [runner, main]] of Object.entries(FACES)) {
  withPython(`${face}: the socket that systemd passes is the one that is served`, async t => {
    const args = ['-c', PASS_A_SOCKET, runner, main, 'serve', '--directory', folder]
    const server = await start(t, 'python3', args)
    t.regex(await send(server.port, get('/web1/meta-data', CLOSE)), /\ninstance-id: i-web1\n$/)
    process.kill(server.pid, 'SIGTERM')
    t.is(await server.exit, 0)
  })
}

withPython('the preview page is refused on a socket of systemd that others reach', async t => {
  const pass = PASS_A_SOCKET.replace('127.0.0.1', '0.0.0.0')
  const started = start(t, 'python3', ['-c', pass, ...COMPILED, 'serve', '--page'])
  await t.throwsAsync(started, { message: /^it ended with 2: error: --page is for this machine only/ })
})

const SEEDED = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from cloudinit import util
for base in sys.argv[1:]:
    seed = util.read_seeded(base, timeout=30, retries=0)
    md, ud, vd = seed[:3]
    print(json.dumps([md, ud.decode(), (vd or b'').decode()]))
`
/** The Python that cloud-init is installed for, if there is one. */
const python = ['/usr/bin/python3', 'python3'].find(
  path => spawnSync(path, ['-c', 'import cloudinit.util']).status === 0,
)
const withCloudInit = python === undefined ? test.skip : test
for (const mode of ['mutate', 'vendor'] as const) {
  withCloudInit(
    `cloud-init reads its seed in mode ${mode}, in every form of the URL, with the token in it`,
    async t => {
      const options = ['--directory', folder, '--mode', mode, '--token-file', 'token', '--profile', 'prebuilt']
      const server = await start(t, COMPILED[0], [COMPILED[1], 'serve', '--listen', '127.0.0.1:0', ...options])
      const base = `http://any:a-token@127.0.0.1:${server.port}/web1`
      const forms = [`${base}/`, base, `${base}/%s`, `${base}%s`]
      const child = spawn(python ?? '', ['-c', SEEDED, ...forms], { stdio: ['ignore', 'pipe', 'pipe'] })
      let [out, err] = ['', '']
      child.stdout.on('data', chunk => {
        out += String(chunk)
      })
      child.stderr.on('data', chunk => {
        err += String(chunk)
      })
      t.is(await new Promise(resolve => child.once('close', resolve)), 0, err)
      const seeds = out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as readonly [unknown, string, string])
      t.is(seeds.length, forms.length)
      for (const [metaData, userData, vendorData] of seeds) {
        t.deepEqual(metaData, { 'instance-id': 'i-web1' })
        const [ours, none] = mode === 'mutate' ? [userData, vendorData] : [vendorData, userData]
        t.regex(ours, /^Content-Type: text\/cloud-boothook/m)
        t.is(none, mode === 'mutate' ? '' : ANNOTATED)
      }
    },
  )
}
