// `npm run bench:serve`: requests per second of `serve` as a ratio to a bare node:http server that answers the same bytes, the
// two in turn, each a process of its own; and the memory of `serve` over 100,000 requests. Prints; asserts nothing.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const at = path => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const TOOL = at('dist/bin/consul-vm-inject.js')
const EXAMPLE = readFileSync(at('examples/counting/user-data.yaml'))
const CONNECTIONS = 64
const ROUNDS = 5
const SECONDS = 1.5
const MEMORY_REQUESTS = 100_000

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-bench-'))
const children = []
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Starts a process and waits until what it writes has a port. */
function start(args, pattern) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return new Promise((resolve, reject) => {
    let text = ''
    const look = chunk => {
      text += chunk
      const port = pattern.exec(text)?.[1]
      if (port === undefined) return
      // From here on what is written goes to a file, as a log does.
      const file = openSync(join(folder, `${child.pid}.log`), 'a')
      for (const stream of [child.stdout, child.stderr]) {
        stream.removeAllListeners('data')
        stream.on('data', more => writeFileSync(file, more))
      }
      resolve({ port: Number(port), pid: child.pid })
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('exit', status => reject(new Error(`ended with ${status}: ${text}`)))
  })
}

const ECHO = `
const { createServer } = require('node:http')
const body = require('node:fs').readFileSync(process.argv[1])
const type = process.argv[2]
createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, { 'content-type': type, 'content-length': body.length })
    response.end(body)
  })
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port) })`

const request = (method, path, body = '') =>
  Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${method === 'POST' ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}\r\n${body}`,
  )

/** One kept connection: sends the next request when the answer is there whole. */
function keepAsking(port, next, done) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let buffered = Buffer.alloc(0)
  let missing = -1
  const ask = () => {
    const bytes = next()
    if (bytes === undefined) socket.end()
    else socket.write(bytes)
  }
  const finish = () => {
    missing = -1
    buffered = Buffer.alloc(0)
    done()
    ask()
  }
  socket.on('connect', ask)
  socket.on('data', chunk => {
    if (missing >= 0) {
      missing -= chunk.length
      if (missing <= 0) finish()
      return
    }
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk])
    const end = buffered.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = buffered.toString('latin1', 0, end).toLowerCase()
    if (!head.startsWith('http/1.1 200')) throw new Error(head)
    missing = Number(/content-length: (\d+)/.exec(head)[1]) - (buffered.length - end - 4)
    if (missing <= 0) finish()
  })
  return new Promise((resolve, reject) => {
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}

/** Requests per second over 64 kept connections. */
async function load(port, next, seconds) {
  let count = 0
  const from = performance.now()
  const until = from + seconds * 1000
  const ask = () => (performance.now() < until ? next() : undefined)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => keepAsking(port, ask, () => count++)))
  return (count * 1000) / (performance.now() - from)
}

const seeds = join(folder, 'seeds')
mkdirSync(join(seeds, 'web1'), { recursive: true })
writeFileSync(join(seeds, 'web1', 'user-data'), EXAMPLE)
const tool = await start([TOOL, 'serve', '--listen', '127.0.0.1:0', '--directory', seeds], /"address":"[^"]*:(\d+)"/)

let unique = 0
const nova = JSON.stringify({ 'user-data': EXAMPLE.toString('base64'), metadata: {}, 'instance-id': 'i-1' })
const same = bytes => () => bytes
const rows = {
  'GET /healthz': same(request('GET', '/healthz')),
  'GET /web1/meta-data': same(request('GET', '/web1/meta-data')),
  'GET /web1/user-data': same(request('GET', '/web1/user-data')),
  'POST /openstack/vendordata': same(request('POST', '/openstack/vendordata', nova)),
  'POST /inject, the same': same(request('POST', '/inject', EXAMPLE)),
  'POST /inject, all different': () => request('POST', '/inject', `${EXAMPLE}# ${unique++}\n`),
  'the same, prebuilt': () => request('POST', '/inject?profile=prebuilt', `${EXAMPLE}# ${unique++}\n`),
}

console.log(`requests per second, ${CONNECTIONS} kept connections, median of ${ROUNDS} rounds of both in turn:`)
console.log('ratio to a bare node:http server that answers the same bytes (serve, bare)')
for (const [name, next] of Object.entries(rows)) {
  const [method, path, body] = /^(\S+) (\S+) [\s\S]*?\r\n\r\n([\s\S]*)$/.exec(next().toString()).slice(1)
  const answer = await fetch(`http://127.0.0.1:${tool.port}${path}`, { method, ...(method === 'POST' && { body }) })
  const file = join(folder, 'answer')
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  const echo = await start(['-e', ECHO, file, answer.headers.get('content-type')], /port (\d+)/)
  await load(tool.port, next, 0.5)
  await load(echo.port, next, 0.5)
  const pairs = []
  for (let round = 0; round < ROUNDS; round++) {
    pairs.push([await load(tool.port, next, SECONDS), await load(echo.port, next, SECONDS)])
  }
  const ratio = median(pairs.map(([a, b]) => a / b))
  const [ours, bare] = [0, 1].map(side => median(pairs.map(pair => pair[side])).toFixed(0))
  console.log(`  ${name.padEnd(28)} ${ratio.toFixed(3)}  (${ours}, ${bare})`)
  process.kill(echo.pid)
}

console.log(`\nresident memory of serve in MiB over ${MEMORY_REQUESTS} requests, all kinds in turn:`)
const fresh = await start([TOOL, 'serve', '--listen', '127.0.0.1:0', '--directory', seeds], /"address":"[^"]*:(\d+)"/)
const residentMiB = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${fresh.pid}/status`, 'utf8'))[1]) / 1024
const kinds = Object.values(rows)
let asked = 0
console.log(`  ${String(0).padStart(6)}  ${residentMiB().toFixed(0)}`)
for (let part = 1; part <= 10; part++) {
  const limit = (MEMORY_REQUESTS / 10) * part
  const next = () => (asked < limit ? kinds[asked++ % kinds.length]() : undefined)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => keepAsking(fresh.port, next, () => {})))
  console.log(`  ${String(asked).padStart(6)}  ${residentMiB().toFixed(0)}`)
}
process.exit(0)
