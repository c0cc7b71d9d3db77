// Makes all files of a release in a folder, dist/release unless another is named, and publishes nothing:
//   npm run release [-- [--draft] [--without-executable] [DIR]]
// the package for npm, the single executable of this platform, what they are made of (SBOM), and SHA256SUMS. A draft is made of
// whatever is there; a release only of a commit whose outputs are frozen, see src/build/frozen/.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { arch, argv, chdir, exit, platform, stderr, umask } from 'node:process'
import { fileURLToPath } from 'node:url'
import { whyNotReleased } from '../frozen/ready.mjs'
import { makeExecutable } from './executable.mjs'
import { nodeFolder } from './node.mjs'
import { packPackage } from './package.mjs'
import { billOfMaterials } from './sbom.mjs'

const words = argv.slice(2)
const draft = words.includes('--draft')
const [folder = 'dist/release'] = words.filter(word => !word.startsWith('--'))
const out = resolve(folder)
chdir(fileURLToPath(new URL('../../../', import.meta.url)))
umask(0o022)

const run = (program, ...args) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const project = JSON.parse(readFileSync('package.json', 'utf8'))
const name = `${project.name}-${project.version}`

/** The licences of what the executable holds: Node's own, and those of the packages in the bundle. */
function licences({ components }) {
  const folders = components.map(({ name, version }) => {
    return [`${name} ${version}`, name === 'node' ? nodeFolder(version) : join('node_modules', name)]
  })
  return folders
    .flatMap(([title, path]) => {
      const file = readdirSync(path, { withFileTypes: true }).find(one => one.isFile() && /^licen[cs]e/i.test(one.name))
      return file === undefined ? [] : [`${'='.repeat(80)}\n${title}\n\n${readFileSync(join(path, file.name), 'utf8')}`]
    })
    .join('\n')
}

/** The executable among its licences, as an archive whose bytes depend on nothing else. */
function packExecutable(bom) {
  const stage = mkdtempSync(join(tmpdir(), 'consul-vm-inject-release-'))
  const root = `${name}-${platform}-${arch}`
  try {
    makeExecutable(join(stage, root, project.name))
    chmodSync(join(stage, root, project.name), 0o755)
    copyFileSync('LICENSE', join(stage, root, 'LICENSE'))
    writeFileSync(join(stage, root, 'THIRD-PARTY-LICENSES'), licences(bom))
    const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=u=rwX,go=rX']
    run('tar', ...plain, '--use-compress-program=gzip -n', '-cf', join(out, `${root}.tar.gz`), '-C', stage, root)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

run('npm', 'run', '--silent', 'build')
const reasons = draft ? [] : await whyNotReleased(project)
if (reasons.length > 0) {
  stderr.write(`error: ${name} cannot be released\n${reasons.map(reason => `  = ${reason}\n`).join('')}`)
  exit(2)
}
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
packPackage(out)
const bom = billOfMaterials('.', project)
writeFileSync(join(out, `${name}.cdx.json`), `${JSON.stringify(bom, undefined, 2)}\n`)
if (!words.includes('--without-executable')) packExecutable(bom)
const sums = readdirSync(out)
  .sort()
  .map(
    file =>
      `${createHash('sha256')
        .update(readFileSync(join(out, file)))
        .digest('hex')}  ${file}\n`,
  )
writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
