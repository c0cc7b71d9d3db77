// Versions of Node.js beside the one that runs, as npm's packages carry them for this platform; each is installed once, below
// ~/.cache/consul-vm-inject (CONSUL_VM_INJECT_CACHE). `node src/build/release/node.mjs 24` prints the path of one.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { arch, argv, env, platform, stdout } from 'node:process'

/** The oldest that the package takes, the later ones that the tests run on, and the one that the executable is made of. */
export const VERSIONS = { floor: '20.19.0', 22: '22.23.5', 24: '24.22.3', executable: '26.12.1' }

const PACKAGE = `node-${platform}-${arch}`
const CACHE = env.CONSUL_VM_INJECT_CACHE ?? join(homedir(), '.cache', 'consul-vm-inject')

/** The folder of npm's package with a version: `bin/node` and its `LICENSE`. */
export function nodeFolder(version) {
  const kept = join(CACHE, `node-${version}-${platform}-${arch}`)
  if (!existsSync(kept)) {
    mkdirSync(CACHE, { recursive: true })
    const made = mkdtempSync(`${kept}.`)
    const words = ['install', '--silent', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', made]
    try {
      execFileSync('npm', [...words, `${PACKAGE}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] })
      if (!existsSync(kept)) renameSync(made, kept)
    } finally {
      rmSync(made, { recursive: true, force: true })
    }
  }
  return join(kept, 'node_modules', PACKAGE)
}

if (import.meta.filename === argv[1]) stdout.write(`${join(nodeFolder(VERSIONS[argv[2]]), 'bin', 'node')}\n`)
