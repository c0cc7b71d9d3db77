// How time grows with a document: the exponent e of time ~ size^e for every kind of document, layout and command. 1 is twice the time for
// twice the input. From 16 KB, below which a run is mostly what every document costs, to 256 KB; `--long` begins at 1 KB, goes up to 16 MB and
// prints each kind.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inject, preview, uninject } from '../../dist/src/index.js'
import { DOCUMENTS } from './documents.mjs'
import { exponentsOf, times } from './exponent.mjs'
import { row } from './table.mjs'

const STEP = 4
const sizes = (from, to) =>
  Array.from({ length: 20 }, (_, step) => 1000 * STEP ** step).filter(size => size >= from && size <= to)
/** What counts for the exponent. */
const FROM = 16_000
const SIZES = sizes(FROM, 256_000)
const LONG_SIZES = sizes(1000, 16_384_000)
const MOST = 1.1
const PATIENCE = 2

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'] }
const SPLICED = { ...OPTIONS, layout: 'cloud-config' }
const outputOf = (document, options) => inject(document, options).output

/** What is measured; undefined for a document that the layout does not take, or that is larger than the tool reads. */
const COMMANDS = {
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

const label = size => (size < 1e6 ? `${Math.round(size / 1e3)} KB` : `${Math.round(size / 1e6)} MB`)
const milliseconds = time => `${label(time.size)} ${time.least < 10 ? time.least.toFixed(2) : time.least.toFixed(0)} ms`

/** The growth of one kind of document with one command; undefined where too little of it is taken. */
function growthOf(documents, prepare) {
  const works = documents.flatMap(({ size, document }) => {
    const work = prepare(document)
    return work === undefined ? [] : [{ size, work }]
  })
  if (works.filter(({ size }) => size >= FROM).length < 2) return undefined
  const timed = times(works, PATIENCE)
  return { timed, ...exponentsOf(timed.filter(({ size }) => size >= FROM)) }
}

function measureHere(long) {
  const found = Object.fromEntries(Object.keys(COMMANDS).map(command => [command, []]))
  for (const [name, make] of Object.entries(DOCUMENTS)) {
    const documents = (long ? LONG_SIZES : SIZES).map(size => ({ size, document: make(size) }))
    for (const [command, prepare] of Object.entries(COMMANDS)) {
      const growth = growthOf(documents, prepare)
      if (growth === undefined) continue
      found[command].push({ name, ...growth })
      if (long)
        console.error(
          `${name}, ${command}: ${growth.exponent.toFixed(2)}; ${growth.timed.map(milliseconds).join(', ')}`,
        )
    }
  }
  return Object.entries(found).map(([command, kinds]) => {
    const worst = kinds.reduce((a, b) => (b.exponent > a.exponent ? b : a))
    const what = `${command}: the worst of ${kinds.length} kinds (${worst.name})`
    return row(what, worst.rounds, { middle: worst.exponent, most: MOST })
  })
}

export const title = 'Growth of time with the document, as an exponent of its size'

// Garbage is collected by threads whose work counts as the process's, now and then: by the one thread, and before each measurement.
const FLAGS = ['--single-threaded-gc', '--expose-gc']

export function measure(long) {
  const { stdout, status } = spawnSync(process.execPath, [...FLAGS, fileURLToPath(import.meta.url), String(long)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`growth ended with ${status}`)
  return JSON.parse(stdout)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(measureHere(process.argv[2] === 'true')))
