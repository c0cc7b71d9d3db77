import { spawnSync } from 'node:child_process'

/** Whether a program is installed here. */
export const installed = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

/** What a program says of its input, both streams after one another; throws when it fails. */
export function runTool(program: string, args: readonly string[], input: string = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8', timeout: 60_000 })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}${stdout}`)
  return stdout + stderr
}
