// How time grows with a document: the exponent e of time ~ size^e for every format and command. 1 is twice the time for twice the input,
// and 1.14 is 2.2 times. `node test/bench/growth.mjs 16 MIME` goes up to 16 MB with the documents called so.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { check, inject, preview, uninject } from '../../dist/src/index.js'
import { DOCUMENTS } from './documents.mjs'

// Garbage is collected by threads whose work counts as the process's, now and then: by the one thread, and before each measurement.
const FLAGS = ['--single-threaded-gc', '--expose-gc']
const [largest = '1', names = ''] = process.argv.slice(2)
/** Each step is four times the size. */
const STEP = 4
const SIZES = Array.from({ length: 20 }, (_, step) => 1000 * STEP ** step).filter(
  size => size <= Number(largest) * 1.05e6,
)
/** Below it a run is mostly what every document costs. */
const FROM = 16_000
/** What twice the input may take, as an exponent. */
const BAR = Math.log2(2.2)
/** All sizes are measured in turn, so often, and each time for so many milliseconds of processor time. */
const ROUNDS = 3
const PATIENCE = 6

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'] }
const SPLICED = { ...OPTIONS, layout: 'cloud-config' }
const outputOf = (document, options) => inject(document, options).output

/** What is measured; undefined for a document that the layout does not take, or that is larger than the tool reads. */
const COMMANDS = {
  check: document => () => check(document, OPTIONS),
  inject: document => () => inject(document, OPTIONS),
  'inject, one cloud-config': document => outputOf(document, SPLICED) && (() => inject(document, SPLICED)),
  'inject again': document => {
    const injected = outputOf(document, OPTIONS)
    return injected && (() => inject(injected, OPTIONS))
  },
  uninject: document => {
    const injected = outputOf(document, OPTIONS)
    return injected && (() => uninject(injected))
  },
  'uninject, one cloud-config': document => {
    const injected = outputOf(document, SPLICED)
    return injected && (() => uninject(injected))
  },
  preview: document => preview(document, OPTIONS).preview && (() => preview(document, OPTIONS)),
}

/** Milliseconds of processor time of one run: the least of those that fit into the patience. */
function timeOf(work) {
  globalThis.gc()
  let least = Number.POSITIVE_INFINITY
  for (let spent = 0; spent < PATIENCE; ) {
    const { user, system } = process.cpuUsage()
    work()
    const now = process.cpuUsage()
    const time = Math.max(now.user + now.system - user - system, 1) / 1000
    least = Math.min(least, time)
    spent += time
  }
  return least
}

/** Of every work the least time of all rounds, and how far the rounds lie apart at most. */
function timesOf(works) {
  const rounds = Array.from({ length: ROUNDS }, () => works.map(timeOf))
  const bySize = works.map((_, index) => rounds.map(times => times[index]).sort((a, b) => a - b))
  return {
    times: bySize.map(([least]) => least),
    noise: Math.max(...bySize.map(times => times[times.length >> 1] / times[0] - 1)),
  }
}

/** The slope of the straight line that lies closest to log(time) over log(size). */
function exponentOf(times) {
  const points = SIZES.flatMap((size, index) => (size < FROM ? [] : [[Math.log(size), Math.log(times[index])]]))
  const [x, y] = [0, 1].map(axis => points.reduce((sum, point) => sum + point[axis], 0) / points.length)
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
}

const label = size => (size < 1e6 ? `${Math.round(size / 1e3)} KB` : `${Math.round(size / 1e6)} MB`)
const cells = values => values.map(value => value.padStart(9)).join('')
const milliseconds = time => (time < 10 ? time.toFixed(2) : time.toFixed(0))

function measure() {
  console.log(
    `how time grows with a document: milliseconds by size, the exponent from ${label(FROM)} on, and the noise of a time`,
  )
  console.log(`${''.padEnd(60)}${cells([...SIZES.map(label), 'exponent', 'noise'])}`)
  const above = []
  let rows = 0
  for (const [name, make] of Object.entries(DOCUMENTS)) {
    if (!name.includes(names)) continue
    const documents = SIZES.map(make)
    for (const [command, prepare] of Object.entries(COMMANDS)) {
      const works = documents.map(prepare)
      if (works.includes(undefined)) continue
      const { times, noise } = timesOf(works)
      const exponent = exponentOf(times)
      rows++
      if (exponent > BAR) above.push(`${name}: ${command} (${exponent.toFixed(2)})`)
      const row = [...times.map(milliseconds), exponent.toFixed(2), `${(noise * 100).toFixed(0)} %`]
      console.log(`  ${name.padEnd(32)} ${command.padEnd(25)}${cells(row)}`)
    }
  }
  console.log(`${rows} rows, ${above.length} above ${BAR.toFixed(2)}${above.map(row => `\n  ${row}`).join('')}`)
}

if (FLAGS.every(flag => process.execArgv.includes(flag))) measure()
else spawnSync(process.execPath, [...FLAGS, fileURLToPath(import.meta.url), largest, names], { stdio: 'inherit' })
