import { type Call, text } from './command.ts'
import { readUserData, write } from './input.ts'
import type { ExitCode, Io } from './io.ts'
import { rewriteMany } from './many.ts'
import { DESTINATION } from './options.ts'
import { report } from './report.ts'
import type { Transform } from './transform.ts'

/** Whether a call is about several documents: it names several, or a directory, or where several go. */
export const isMany = ({ operands, values }: Call, io: Io): boolean =>
  operands.length > 1 ||
  DESTINATION.some(({ name }) => values[name] !== undefined) ||
  operands.some(path => path !== '-' && io.stat(path)?.kind === 'folder')

/** Runs a command that makes user-data of user-data: of one document as a pipe does, or of many. */
export async function rewrite(call: Call, io: Io, prepare: () => Promise<Transform>): Promise<ExitCode> {
  if (isMany(call, io)) return rewriteMany(call, io, prepare)
  const { name, bytes } = await readUserData(call, io)
  const { output, diagnostics, status } = (await prepare())(name, bytes)
  if (output !== undefined) await write(output, text(call.values, 'output-file'), io)
  report(diagnostics, call.values, io)
  return status
}
