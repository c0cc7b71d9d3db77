// How long a directory of small documents takes, as a ratio to floor.mjs, which does the least that there is to do.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at, inTurn, run, spread, TOOL } from './measure.mjs'

const COUNT = 3000
const RUNS = 3
const DOCUMENT = /```yaml before\n(.*?)```/s.exec(readFileSync(at('README.md'), 'utf8'))[1]

// In memory where that can be: a disk is slow or fast as it likes.
const MEMORY = '/dev/shm'
const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'consul-vm-inject-bench-'))
try {
  const [from, to] = [join(folder, 'in'), join(folder, 'out')]
  mkdirSync(from)
  for (let number = 0; number < COUNT; number++) writeFileSync(join(from, `vm-${number}.yaml`), DOCUMENT)
  const fresh = args => () => {
    rmSync(to, { recursive: true, force: true })
    return run(args)
  }
  const floor = fresh([at('test/bench/floor.mjs'), from, to])

  console.log(`${COUNT} documents like README's from one directory into another, as a ratio to a plain script`)
  console.log(`that reads, parses and renames them: median of ${RUNS} (least to most)`)
  for (const profile of ['full', 'prebuilt']) {
    const tool = fresh([TOOL, 'inject', '--profile', profile, '--output-dir', to, from])
    const pairs = inTurn(RUNS, tool, floor)
    const ratios = of => spread(pairs.map(([ours, bare]) => ours[of] / bare[of]))
    console.log(`  ${profile.padEnd(12)} time ${ratios('wall').padEnd(24)} processor ${ratios('cpu')}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
