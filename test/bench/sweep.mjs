// Every kind of document, at two sizes, in every layout and command, through the command line: how it ends and how much processor time
// it takes. `node test/bench/sweep.mjs [MB] [MB] [words of names]`. Ends with 1 where a command ends with other than 0 to 3.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOCUMENTS } from './documents.mjs'
import { at, TOOL } from './measure.mjs'
import { WORST } from './worst.mjs'

const [small = '4', large = '16', names = ''] = process.argv.slice(2)
const SIZES = [small, large].map(size => Number(size) * 1_000_000)
const GIVEN = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'].flatMap(it => [
  '--annotation',
  it,
])
const COMMANDS = {
  inject: ['inject', ...GIVEN],
  'one cloud-config': ['inject', '--layout', 'cloud-config', ...GIVEN],
  uninject: ['uninject'],
  check: ['check', ...GIVEN],
  preview: ['preview', ...GIVEN],
}

/** How a command ends, and how much processor time it says it has used, in seconds. */
function run(words, file) {
  const { status, signal, output } = spawnSync(
    process.execPath,
    ['--require', at('test/bench/cpu-time.cjs'), TOOL, ...words, file],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: 120_000,
    },
  )
  const { user, system } = output?.[3]?.length > 0 ? JSON.parse(output[3]) : { user: Number.NaN, system: 0 }
  return { end: status ?? signal, seconds: (user + system) / 1e6 }
}

const folder = mkdtempSync(join(tmpdir(), 'sweep-'))
const file = join(folder, 'user-data')
const idle = run(['--version'], '').seconds
let failed = false
console.log(`processor seconds at ${small} and ${large} MB, and the exponent of their growth`)
for (const [name, make] of Object.entries({ ...DOCUMENTS, ...WORST })) {
  if (!name.includes(names)) continue
  const made = SIZES.map(size => make(size))
  for (const [command, words] of Object.entries(COMMANDS)) {
    const [few, many] = made.map(content => {
      writeFileSync(file, content)
      return run(words, file)
    })
    const growth = Math.log((many.seconds - idle) / Math.max(few.seconds - idle, 0.001)) / Math.log(SIZES[1] / SIZES[0])
    const bad = [few, many].some(({ end }) => ![0, 1, 2, 3].includes(end))
    failed ||= bad
    const slow = many.seconds > 5 ? ' SLOW' : ''
    console.log(
      `  ${name.padEnd(46)} ${command.padEnd(17)} ${few.seconds.toFixed(2).padStart(6)} ${many.seconds.toFixed(2).padStart(6)}  ${growth.toFixed(2).padStart(5)}  ends ${few.end} ${many.end}${bad ? ' BAD' : ''}${slow}`,
    )
  }
}
rmSync(folder, { recursive: true })
process.exitCode = failed ? 1 : 0
