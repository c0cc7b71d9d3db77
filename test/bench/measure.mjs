// What the benchmarks share: where things are, what processes use, and what is said of numbers.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const at = path => fileURLToPath(new URL(`../../${path}`, import.meta.url))
export const TOOL = at('dist/bin/consul-vm-inject.js')
export const EXAMPLE = at('examples/counting/user-data.yaml')
export const PYTHON = '/usr/bin/python3'
export const MB = 1e6

export const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
export const installed = program => spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0

/**
 * Runs commands in turn, so that what else the machine does strikes all of them. Of each the runs of all rounds, after one that does not
 * count: `wall` and `cpu` in seconds, `memory` in bytes, `status`.
 */
export function inTurn(rounds, commands, { warm = true, statuses = [0, 1] } = {}) {
  const { stdout, stderr, status } = spawnSync(PYTHON, [at('test/bench/usage.py')], {
    input: JSON.stringify({ rounds, warm, commands }),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(stderr)
  const runs = JSON.parse(stdout)
  // `preview` ends with 1 when it has something to show.
  const failed = commands.find((_, index) => runs[index].some(run => !statuses.includes(run.status)))
  if (failed !== undefined) throw new Error(`failed: ${failed.argv.join(' ')}`)
  return runs
}

export const node = (...args) => ({ argv: [process.execPath, ...args] })
export const tool = (...args) => node(TOOL, ...args)

/** Of each round what one used by what another did. */
export const ratios = (ours, others, of) => ours.map((run, round) => run[of] / others[round][of])

/** Does something with a folder, in memory where that can be: a disk is slow or fast as it likes. */
export async function inFolder(work) {
  const memory = '/dev/shm'
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'consul-vm-inject-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
