/**
 * The fuzz suites: `npm run fuzz -- [--cases N] [--seconds N] [--seed N] [--path P] [TITLE]`. Every law is tried on so many cases, and
 * mutations for so many seconds in all. The seed is a new one unless given, and is printed; a failure prints the path of its case too,
 * and with both of them that case alone is run again. TITLE chooses tests, `*` stands for any text in it.
 */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { argv, env, exit, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  options: {
    cases: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    path: { type: 'string', default: '' },
  },
  allowPositionals: true,
})
const { cases, seconds, seed, path } = values
stdout.write(`seed ${seed}, ${cases} cases a law, mutations for ${seconds} s\n`)
const chosen = positionals.flatMap(title => ['--match', title])
const { status } = spawnSync('npx', ['ava', '--config', 'test/fuzz/ava.config.mjs', ...chosen], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
  env: { ...env, FUZZ_CASES: cases, FUZZ_SECONDS: seconds, FUZZ_SEED: seed, FUZZ_PATH: path },
})
exit(status ?? 1)
