// What the benchmarks share: where things are, how long a process takes, and how numbers are shown.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const at = path => fileURLToPath(new URL(`../../${path}`, import.meta.url))
export const TOOL = at('dist/bin/consul-vm-inject.js')
export const EXAMPLE = at('examples/counting/user-data.yaml')

export const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Runs Node with these arguments: seconds on the clock, and seconds of processor time that it says it has used. */
export function run(args) {
  const from = process.hrtime.bigint()
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ['--require', at('test/bench/cpu-time.cjs'), ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    },
  )
  const wall = Number(process.hrtime.bigint() - from) / 1e9
  // `preview` ends with 1 when it has something to show.
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')}: ${stderr}`)
  const { user, system } = JSON.parse(output[3])
  return { wall, cpu: (user + system) / 1e6 }
}

/** `4.12 (3.90 to 4.60)`: the median of numbers, and how far they lie apart. */
export function spread(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(value => value.toFixed(2))
  return `${median(values).toFixed(2)} (${low} to ${high})`
}

/** Both in turn, so that what else the machine does strikes both; after one run of each that does not count. */
export function inTurn(runs, a, b) {
  a()
  b()
  return Array.from({ length: runs }, () => [a(), b()])
}
