import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { projectFolder } from '../shared.ts'
import { examplesFolder } from './files.ts'

const UPDATE = process.env['UPDATE_GOLDEN'] === '1'
const BLOCK = /(?<=^```console\n)\$ [\s\S]*?(?=^```$)/gm

const folders = readdirSync(examplesFolder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)

/** What a command prints, in a copy of the example's folder with its neighbours. */
async function run(tools: string, folder: string, command: string): Promise<string> {
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH']}`, NO_COLOR: '1' }
  const asked = promisify(execFile)('sh', ['-c', `exec 2>&1; ${command}`], { cwd: folder, env })
  const { stdout } = await asked.catch((error: { readonly stdout: string }) => error)
  return stdout
}

/** A block of commands with what each prints behind it. */
async function played(tools: string, folder: string, block: string): Promise<string> {
  let shown = ''
  for (const [line, command = ''] of block.matchAll(/^\$ (.*)\n/gm)) shown += line + (await run(tools, folder, command))
  return shown
}

for (const name of folders) {
  test(`examples/${name} says what it is, and what its README shows is what one sees`, async t => {
    const path = join(examplesFolder, name, 'README.md')
    const text = readFileSync(path, 'utf8')
    t.regex(text, /^# \S.*\n\n\S/)
    const blocks = text.match(BLOCK) ?? []
    t.true(blocks.length > 0, 'there is a command to try')
    const above = mkdtempSync(join(tmpdir(), 'example-'))
    symlinkSync(join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js'), join(above, 'consul-vm-inject'))
    cpSync(examplesFolder, join(above, 'examples'), { recursive: true })
    const shown: string[] = []
    for (const block of blocks) shown.push(await played(above, join(above, 'examples', name), block))
    rmSync(above, { recursive: true })
    if (UPDATE)
      writeFileSync(
        path,
        text.replace(BLOCK, () => shown.shift() ?? ''),
      )
    else t.deepEqual(blocks, shown)
  })
}
