import { type Call, text } from './command.ts'
import { readUserData, write } from './input.ts'
import type { ExitCode, Io } from './io.ts'
import type { Make } from './made.ts'
import { rewriteMany } from './many.ts'
import { GOAL } from './options.ts'
import { report } from './report.ts'

/** Whether a call is about several documents: it names several, or a directory, or where several go. */
export const isMany = ({ operands, values }: Call, io: Io): boolean =>
  operands.length > 1 ||
  GOAL.some(({ name }) => values[name] !== undefined) ||
  operands.some(path => path !== '-' && io.stat(path)?.kind === 'folder')

/** Runs a command that makes user-data of user-data: of one document as a pipe does, or of many. */
export async function rewrite(call: Call, io: Io, makeOf: () => Promise<Make>): Promise<ExitCode> {
  if (isMany(call, io)) return rewriteMany(call, io, makeOf)
  const { name, bytes } = await readUserData(call, io)
  const { output, diagnostics, status } = (await makeOf())(name, bytes)
  if (output !== undefined) await write(output, text(call.values, 'output-file'), io)
  report(diagnostics, call.values, io)
  return status
}
