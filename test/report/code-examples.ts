import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { shellWords } from '../../src/annotate/grammar/shell-words.ts'
import type { Example } from '../../src/report/codes/explanation.ts'
import { runIn } from '../cli/world.ts'
import { projectFolder } from '../shared.ts'

const cli = join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js')
/** One call of the tool, with nothing that takes a shell but a file for standard input and one for what comes out. */
const PLAIN = /^consul-vm-inject ([\w ./:=,@-]*?)(?: < ([\w.]+))?(?: > [\w.]+)?$/

/** Runs an example in a shell, in a folder of its own. Everything is told on standard error; of standard output nothing is shown. */
async function inShell({ files, command }: Example): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'code-'))
  symlinkSync(cli, join(folder, 'consul-vm-inject'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}`, NO_COLOR: '1' }
  const options = { cwd: folder, env, maxBuffer: 1 << 28 }
  const run = promisify(execFile)('sh', ['-c', command], options)
  const { stderr } = await run.catch((error: { readonly stderr: string }) => error)
  rmSync(folder, { recursive: true })
  return stderr
}

/** What the tool tells people when an example is run. */
export async function told(example: Example): Promise<string> {
  const [, words, stdin] = PLAIN.exec(example.command) ?? []
  const argv = words === undefined ? undefined : shellWords(words)
  if (argv?.ok !== true) return inShell(example)
  const { files } = example
  const { stderr } = await runIn({ files, stdin: stdin === undefined ? '' : (files[stdin] ?? '') }, ...argv.value)
  return stderr
}
