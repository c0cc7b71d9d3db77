// The command as one file that needs no Node on the machine: Node's own single executable application of the files in dist/bin.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFolder, VERSIONS } from './node.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const BIN = here('../../../dist/bin/')
const EXAMPLE = here('../../../examples/counting/user-data.yaml')

/** The same bytes every time: V8 orders by a seed what it writes, and drops at times what it can make again. */
const FLAGS = ['--predictable', '--hash-seed=1', '--no-flush-bytecode']

/** Writes the executable to a path. */
export function makeExecutable(path) {
  const node = join(nodeFolder(VERSIONS.executable), 'bin', 'node')
  const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-executable-'))
  const run = (...words) => execFileSync(node, words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: {} })
  try {
    const files = readdirSync(BIN).filter(name => name.endsWith('.js') && name !== 'consul-vm-inject.js')
    for (const name of files) {
      const text = readFileSync(join(BIN, name), 'utf8')
      writeFileSync(join(folder, name), `(function (exports, require, module, __filename) {${text}\n})`)
    }
    copyFileSync(EXAMPLE, join(folder, 'web.yaml'))
    run(...FLAGS, here('executable-code.cjs'), 'write')
    run(here('executable-code.cjs'), 'settle')
    // Names from here on, so that the bytes are the same wherever it is made.
    copyFileSync(here('executable-main.cjs'), join(folder, 'main.cjs'))
    const assets = ['main.cjs', ...files, ...files.map(name => `${name}.code`)].map(name => [name, name])
    const settings = { main: 'main.cjs', output: 'consul-vm-inject', disableExperimentalSEAWarning: true }
    writeFileSync(join(folder, 'sea.json'), JSON.stringify({ ...settings, assets: Object.fromEntries(assets) }))
    run('--build-sea', 'sea.json')
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(join(folder, 'consul-vm-inject'), path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
