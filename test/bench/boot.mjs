// What injection adds to the boot of a machine. On demand: it needs root, and the machines of test/boot.
import { spawnSync } from 'node:child_process'
import { at, PYTHON } from './measure.mjs'
import { absent, row } from './table.mjs'

const ROUNDS = 3
const BOOTS = ['first', 'second']

export const title = 'Boot of a machine, until systemd has nothing left to start'

export function measure() {
  const { stdout, stderr, status } = spawnSync(PYTHON, [at('test/bench/boot.py'), String(ROUNDS)], { encoding: 'utf8' })
  if (status !== 0) return [absent('seconds that injection adds', stderr.trim().split('\n').at(-1))]
  const rounds = JSON.parse(stdout)
  return BOOTS.flatMap((boot, at) => [
    row(
      `${boot} boot without injection`,
      rounds.map(({ plain }) => plain[at]),
      { unit: ' s' },
    ),
    row(
      `${boot} boot, seconds that injection adds`,
      rounds.map(({ plain, injected }) => injected[at] - plain[at]),
      { unit: ' s' },
    ),
  ])
}
