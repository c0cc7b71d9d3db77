// How fast the command line starts: the time of one short run as a ratio to bare Node's.
import { EXAMPLE, inTurn, run, spread, TOOL } from './measure.mjs'

const RUNS = 9
const ROWS = {
  '--version': ['--version'],
  'explain KEY': ['explain', 'connect-service'],
  check: ['check', EXAMPLE],
  inject: ['inject', EXAMPLE],
  preview: ['preview', EXAMPLE],
}

console.log(`start-up as a ratio to \`node -e 0\`: median of ${RUNS} (least to most)`)
for (const [name, args] of Object.entries(ROWS)) {
  const pairs = inTurn(
    RUNS,
    () => run([TOOL, ...args]),
    () => run(['-e', '0']),
  )
  console.log(`  ${name.padEnd(12)} ${spread(pairs.map(([tool, bare]) => tool.wall / bare.wall))}`)
}
