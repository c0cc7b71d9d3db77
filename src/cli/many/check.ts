import { type Call, flag, text } from '../command.ts'
import { checkStdin, injectOptions, read } from '../input.ts'
import { EXIT, type ExitCode, type Io, isUsageError, worst } from '../io.ts'
import { injected } from '../made.ts'
import { documentsOf } from './documents.ts'
import { progress } from './progress.ts'
import { type Deed, summary } from './summary.ts'
import { tellerOf } from './tellers.ts'

/** Judges many documents and writes what there is to say of them; data goes to standard output. */
export async function checkMany(call: Call, io: Io): Promise<ExitCode> {
  const { values } = call
  const operands = call.operands.length === 0 ? ['-'] : call.operands
  checkStdin(call, io)
  const { documents, faults } = documentsOf(operands, io)
  const options = await injectOptions(call, io)
  const quiet = flag(values, 'quiet')
  const tell = tellerOf(call, io)
  for (const { path, message } of faults) tell.fault(path, message)
  const deeds: Deed[] = faults.map(() => 'unread')
  let status: ExitCode = faults.length > 0 ? EXIT.bad : EXIT.done
  const shown = progress(documents.length, call, io)
  for (const [index, { path, name }] of documents.entries()) {
    shown.at(index)
    try {
      const bytes = await read(path, io)
      const made = injected(bytes, { ...options, name })
      tell.tell(name, made.diagnostics)
      deeds.push(made.output === undefined ? 'refused' : made.injected ? 'injected' : 'left')
      status = worst([status, made.status])
    } catch (error) {
      if (!isUsageError(error)) throw error
      tell.fault(path, error.message)
      deeds.push('unread')
      status = EXIT.bad
    }
  }
  shown.end()
  const said = tell.text(true)
  const isData = (text(values, 'output') ?? 'pretty') !== 'pretty'
  if (isData) io.stdout(said)
  else io.stderr(said)
  if (deeds.length > 1 && !quiet) io.stderr(`${isData || said === '' ? '' : '\n'}${summary(deeds, 'todo')}`)
  return status
}
