// Requests per second of `serve` by those of a bare node:http server that answers the same bytes, the two in turn; `--long`: also the
// memory of `serve` over 100,000 requests.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askAll, rateOf, request } from './http-load.mjs'
import { EXAMPLE, inFolder } from './measure.mjs'
import { resident, startBare, startTool } from './servers.mjs'
import { row } from './table.mjs'

const ROUNDS = 3
const SECONDS = 1
const REQUESTS = 100_000
const DOCUMENT = readFileSync(EXAMPLE)
const NOVA = JSON.stringify({ 'user-data': DOCUMENT.toString('base64'), metadata: {}, 'instance-id': 'i-1' })

let number = 0
const same = bytes => () => bytes
const fresh = path => () => request('POST', path, `${DOCUMENT}# ${number++}\n`)

/** What is asked for; of a judged document the target is a ratio, of a new one so many a second. */
const ASKED = {
  'GET /healthz': { next: same(request('GET', '/healthz')) },
  'GET /web1/meta-data': { next: same(request('GET', '/web1/meta-data')) },
  'GET /web1/user-data, judged': { next: same(request('GET', '/web1/user-data')), ratio: { least: 0.7 } },
  'POST /openstack/vendordata, judged': {
    next: same(request('POST', '/openstack/vendordata', NOVA)),
    ratio: { least: 0.7 },
  },
  'POST /inject, judged': { next: same(request('POST', '/inject', DOCUMENT)), ratio: { least: 0.7 } },
  'POST /inject, new': { next: fresh('/inject'), rate: { least: 2000 } },
  'POST /inject?profile=prebuilt, new': { next: fresh('/inject?profile=prebuilt'), rate: { least: 2000 } },
}

/** What the tool answers, with its type. */
async function answerOf(tool, next) {
  const [method, path, body] = /^(\S+) (\S+) [\s\S]*?\r\n\r\n([\s\S]*)$/.exec(next().toString()).slice(1)
  const answer = await fetch(`http://127.0.0.1:${tool.port}${path}`, { method, ...(method === 'POST' && { body }) })
  return [Buffer.from(await answer.arrayBuffer()), answer.headers.get('content-type')]
}

async function rowsOf(name, { next, ratio, rate }, tool, folder) {
  const bare = await startBare(...(await answerOf(tool, next)), folder)
  await rateOf(tool.port, next, SECONDS / 2)
  await rateOf(bare.port, next, SECONDS / 2)
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ ours: await rateOf(tool.port, next, SECONDS), bare: await rateOf(bare.port, next, SECONDS) })
  }
  bare.stop()
  const rows = [
    row(
      `${name}, by a bare server`,
      rounds.map(({ ours, bare }) => ours / bare),
      ratio,
    ),
  ]
  if (rate !== undefined)
    rows.push(
      row(
        `${name}, a second`,
        rounds.map(({ ours }) => ours),
        { ...rate, digits: 0 },
      ),
    )
  return rows
}

/** The memory of a server that has answered so many requests, all kinds in turn: in the middle and at the end. */
async function memoryRow(tool) {
  const kinds = Object.values(ASKED)
  const memory = []
  for (let asked = 0; asked < REQUESTS; ) {
    const until = asked + REQUESTS / 2
    await askAll(tool.port, () => (asked < until ? kinds[asked++ % kinds.length].next() : undefined))
    memory.push(resident(tool.pid))
  }
  return row(`memory over ${REQUESTS} requests`, memory, { unit: ' MB', digits: 0 })
}

export const title = 'Hooks'

export const measure = long =>
  inFolder(async folder => {
    const seeds = join(folder, 'seeds')
    mkdirSync(join(seeds, 'web1'), { recursive: true })
    writeFileSync(join(seeds, 'web1', 'user-data'), DOCUMENT)
    const tool = await startTool(seeds, folder)
    try {
      const rows = []
      for (const [name, asked] of Object.entries(ASKED)) rows.push(...(await rowsOf(name, asked, tool, folder)))
      if (long) rows.push(await memoryRow(tool))
      return rows
    } finally {
      tool.stop()
    }
  })
