// How time grows with a document: the exponent e of time ~ size^e between one size and the next, for every format and command. 1 is
// twice the time for twice the input. `node test/bench/growth.mjs 16 MIME` goes up to 16 MB with the documents called so.
import { check, inject, preview, uninject } from '../../dist/src/index.js'
import { DOCUMENTS } from './documents.mjs'

const [largest = '0.25', names = ''] = process.argv.slice(2)
/** Each step is four times the size. */
const STEP = 4
const SIZES = Array.from({ length: 20 }, (_, step) => 1000 * STEP ** step).filter(
  size => size <= Number(largest) * 1.05e6,
)
/** Milliseconds of processor time that are spent on one point, and most runs. */
const PATIENCE = 12
const MOST_RUNS = 9

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
  preview: document => () => preview(document, OPTIONS),
}

/** Milliseconds of processor time of one run: the least of several, and how much more the middle one took. */
function timeOf(work) {
  const times = []
  for (let spent = 0; times.length === 0 || (spent < PATIENCE && times.length < MOST_RUNS); ) {
    const { user, system } = process.cpuUsage()
    work()
    const now = process.cpuUsage()
    const time = Math.max(now.user + now.system - user - system, 1) / 1000
    times.push(time)
    spent += time
  }
  times.sort((a, b) => a - b)
  return { least: times[0], noise: times[times.length >> 1] / times[0] - 1 }
}

const label = size => (size < 1e6 ? `${Math.round(size / 1e3)} KB` : `${Math.round(size / 1e6)} MB`)
const cells = values => values.map(value => value.padStart(8)).join('')

console.log(
  'how time grows with the size of a document: exponents from one size to the next (1 is in line), and the noise of a time',
)
console.log(`${''.padEnd(62)}${cells([...SIZES.slice(1).map(label), 'noise'])}`)
for (const [name, make] of Object.entries(DOCUMENTS)) {
  if (!name.includes(names)) continue
  const documents = SIZES.map(make)
  for (const [command, prepare] of Object.entries(COMMANDS)) {
    const works = documents.map(prepare)
    if (works.includes(undefined)) continue
    const times = works.map(timeOf)
    const exponents = times.slice(1).map(({ least }, index) => Math.log(least / times[index].least) / Math.log(STEP))
    const noise = Math.max(...times.map(time => time.noise))
    const row = [...exponents.map(exponent => exponent.toFixed(2)), `${(noise * 100).toFixed(0)} %`]
    console.log(`  ${name.padEnd(33)} ${command.padEnd(26)}${cells(row)}`)
  }
}
