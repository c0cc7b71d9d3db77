/**
 * Whether a program that uses the library compiles with an older TypeScript: `node test/api/typescript.mjs [VERSION...]`, 5.4 unless
 * given. Each version is installed by npm into a folder of its own that is deleted afterwards; the declarations are those in dist/.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = `import { check, type Decision, inject, type InjectOptions, mutate, preview, toRecord, type V1AdmissionReview } from 'consul-vm-inject'
import * as library from 'consul-vm-inject'

const options: InjectOptions = { annotations: ['connect-inject=true'], profile: 'prebuilt', platform: 'ec2' }
const { output, decision, diagnostics }: { output: Uint8Array | undefined; decision: Decision; diagnostics: readonly library.Diagnostic[] } =
  inject(new Uint8Array(), options)
const review: V1AdmissionReview = mutate({}, { inlineLimit: 2048 })
export const all = [output, decision.inject, diagnostics.map(toRecord), review.response?.allowed, check(new Uint8Array()).ok]
export const seen: library.Preview | undefined = preview(new Uint8Array()).preview
// @ts-expect-error: a string is not bytes
inject('#cloud-config')
`
const CONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    lib: ['es2022'],
    target: 'es2022',
  },
  files: ['program.ts'],
}

/** Compiles the program as each kind of module resolution finds the library; returns how often it failed. */
function failures(version) {
  const folder = mkdtempSync(join(tmpdir(), 'typescript-'))
  try {
    const options = { cwd: folder, stdio: 'inherit' }
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', `typescript@${version}`], options)
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    symlinkSync(project, join(folder, 'node_modules', 'consul-vm-inject'))
    writeFileSync(join(folder, 'program.ts'), PROGRAM)
    return ['node16', 'bundler'].filter(resolution => {
      const compilerOptions = {
        ...CONFIG.compilerOptions,
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...CONFIG, compilerOptions }))
      const { status } = spawnSync('npx', ['tsc', '-p', '.'], options)
      process.stdout.write(`TypeScript ${version}, ${resolution}: ${status === 0 ? 'compiles' : 'does not compile'}\n`)
      return status !== 0
    }).length
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['5.4']
const failed = versions.reduce((sum, version) => sum + failures(version), 0)
process.stdout.write(`${2 * versions.length - failed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
