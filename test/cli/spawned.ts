import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import type { Outcome, World } from './world.ts'

/** Every file below a folder, by its path there. */
const filesIn = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map(path => [relative(folder, path), readFileSync(path)]),
  )

/**
 * Runs a program in a folder of its own, as `runIn` runs the command line in a world of files and standard input; nothing else of
 * a world can be made for it. Which modes it asked for cannot be seen from outside.
 */
export async function runProgram(program: string, world: World, ...argv: readonly string[]): Promise<Outcome> {
  const { files = {}, stdin = '' } = world
  const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-golden-'))
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const child = spawn(program, argv, { cwd: folder, env: { PATH: process.env['PATH'] } })
    child.stdin.on('error', () => {}) // it need not read what it does not want
    child.stdin.end(stdin)
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code, signal) => (code === null ? reject(signal) : resolve(code)))
    })
    const [stdout, stderr, exit] = await Promise.all([buffer(child.stdout), text(child.stderr), ended])
    const before = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]))
    const written = new Map(
      [...filesIn(folder)].filter(([path, content]) => before.get(path)?.equals(content) !== true),
    )
    return { exit, stdout, stderr, written, modes: new Map(), scripts: [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
