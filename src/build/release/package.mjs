// Packs what was built as the package for npm: `npm run package [-- DIR]`, here unless a folder is named.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))

/** What concerns who works on the project: npm would ask whoever installs the package to trust a script that is not in it. */
const OURS = ['scripts', 'devDependencies', 'ava', 'allowScripts']

/** Writes the package into a folder. Modes are those of git, whatever umask the files were made with. */
export function packPackage(out) {
  const stage = mkdtempSync(join(tmpdir(), 'consul-vm-inject-package-'))
  const pack = (folder, ...words) =>
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', ...words], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  try {
    const [{ files }] = Object.values(JSON.parse(pack(PROJECT, '--dry-run')))
    for (const { path, mode } of files) {
      mkdirSync(join(stage, dirname(path)), { recursive: true })
      copyFileSync(join(PROJECT, path), join(stage, path))
      chmodSync(join(stage, path), mode & 0o100 ? 0o755 : 0o644)
    }
    const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
    const kept = Object.fromEntries(Object.entries(manifest).filter(([key]) => !OURS.includes(key)))
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(kept, undefined, 2)}\n`)
    pack(stage, '--pack-destination', out)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

if (import.meta.filename === argv[1]) packPackage(resolve(argv[2] ?? '.'))
