import { type Call, flag, text } from '../command.ts'
import { checkStdin, injectOptions, read } from '../input.ts'
import { EXIT, type ExitCode, type Io, isUsageError, worstStatus } from '../io.ts'
import { injectDocument, type Transformed } from '../transform.ts'
import { inputFilesOf } from './input-files.ts'
import { progress } from './progress.ts'
import { reporterOf } from './reporters.ts'
import { type FileOutcome, summary } from './summary.ts'

function outcomeOf({ output, injected }: Transformed): FileOutcome {
  if (output === undefined) return 'refused'
  return injected ? 'injected' : 'unchanged'
}

/** Judges many documents and writes what there is to say of them; data goes to standard output. */
export async function checkMany(call: Call, io: Io): Promise<ExitCode> {
  const { values } = call
  const operands = call.operands.length === 0 ? ['-'] : call.operands
  checkStdin(call, io)
  const { files, faults } = inputFilesOf(operands, io)
  const options = await injectOptions(call, io)
  const quiet = flag(values, 'quiet')
  const reporter = reporterOf(call, io)
  for (const { path, message } of faults) reporter.addFault(path, message)
  const outcomes: FileOutcome[] = faults.map(() => 'unread')
  let status: ExitCode = faults.length > 0 ? EXIT.bad : EXIT.done
  const shown = progress(files.length, call, io)
  for (const [index, { path, name }] of files.entries()) {
    shown.at(index)
    try {
      const bytes = await read(path, io)
      const result = injectDocument(bytes, { ...options, name }, io)
      reporter.add(name, result.diagnostics)
      outcomes.push(outcomeOf(result))
      status = worstStatus([status, result.status])
    } catch (error) {
      if (!isUsageError(error)) throw error
      reporter.addFault(path, error.message)
      outcomes.push('unread')
      status = EXIT.bad
    }
  }
  shown.end()
  const report = reporter.text(true)
  const isData = (text(values, 'output') ?? 'pretty') !== 'pretty'
  if (isData) io.stdout(report)
  else io.stderr(report)
  if (outcomes.length > 1 && !quiet) io.stderr(`${isData || report === '' ? '' : '\n'}${summary(outcomes, 'todo')}`)
  return status
}
