// `npm run bench`: how fast the command line starts, as a ratio to bare Node, and how large an injection is. Prints; asserts nothing.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const at = path => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const TOOL = at('dist/bin/consul-vm-inject.js')
const EXAMPLE = at('examples/counting/user-data.yaml')
const RUNS = 15

const median = values => values.sort((a, b) => a - b)[values.length >> 1]

/** Wall time of one process in milliseconds. */
function once(args) {
  const start = process.hrtime.bigint()
  spawnSync(process.execPath, args, { stdio: 'ignore' })
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** Medians of both and of the ratio pair by pair, the two in turn. */
function compare(args, base) {
  once(args)
  once(base)
  const pairs = Array.from({ length: RUNS }, () => [once(args), once(base)])
  return { ratio: median(pairs.map(([a, b]) => a / b)), ms: median(pairs.map(([a]) => a)) }
}

const rows = {
  '--version': [TOOL, '--version'],
  'explain KEY': [TOOL, 'explain', 'connect-service'],
  check: [TOOL, 'check', EXAMPLE],
  inject: [TOOL, 'inject', EXAMPLE],
  preview: [TOOL, 'preview', EXAMPLE],
}
console.log(`start-up, median of ${RUNS} runs: ratio to \`node -e 0\``)
for (const [name, args] of Object.entries(rows)) {
  const { ratio, ms } = compare(args, ['-e', '0'])
  console.log(`  ${name.padEnd(12)} ${ratio.toFixed(2)}  (${ms.toFixed(0)} ms)`)
}

console.log('\nbytes that an injection adds: raw, and what they are of a gzipped document')
const input = readFileSync(EXAMPLE)
for (const layout of ['multipart', 'cloud-config']) {
  for (const profile of ['full', 'prebuilt']) {
    const { stdout } = spawnSync(process.execPath, [TOOL, '-q', '--layout', layout, '--profile', profile, EXAMPLE])
    const gzipped = gzipSync(stdout, { level: 9 }).length - gzipSync(input, { level: 9 }).length
    const [raw, packed] = [stdout.length - input.length, gzipped].map(number => String(number).padStart(6))
    console.log(`  ${layout.padEnd(12)} ${profile.padEnd(8)} ${raw} ${packed}`)
  }
}
