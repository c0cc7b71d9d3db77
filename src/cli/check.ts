import { asJson } from '../report/json.ts'
import { type Command, text } from './command.ts'
import { injectOptions, readUserData } from './input.ts'
import { checkMany } from './many.ts'
import { COLOR, INJECTION, QUIET, REPORT_FORMAT } from './options.ts'
import { report, unlessQuiet } from './report.ts'
import { isMany } from './rewrite.ts'
import { injectDocument } from './transform.ts'

/** Formats of which other programs make something, with the file of every complaint. */
const FOR_PROGRAMS: ReadonlySet<string | undefined> = new Set(['sarif', 'github'])

export const checkCommand: Command = {
  name: 'check',
  operands: '[FILE|DIR...]',
  completes: 'file',
  maxOperands: Number.POSITIVE_INFINITY,
  summary: 'say what is wrong with the annotations of user-data; write nothing',
  description: [
    'Judges the annotations exactly as inject would and writes no user-data.',
    'Of a directory every file below it is judged, save for hidden ones and backups (*.orig, *.bak, *~).',
    'With --output json, sarif or github the diagnostics are the data and go to standard output.',
  ],
  options: [...INJECTION, REPORT_FORMAT, COLOR, QUIET],
  examples: [
    'consul-vm-inject check web.yaml',
    'consul-vm-inject check --strict --output json web.yaml',
    'consul-vm-inject check --output sarif user-data/ > user-data.sarif',
  ],
  async run(call, io) {
    if (isMany(call, io) || FOR_PROGRAMS.has(text(call.values, 'output'))) return checkMany(call, io)
    const { name, bytes } = await readUserData(call, io)
    const options = await injectOptions(call, io, name)
    const { diagnostics, status } = injectDocument(bytes, options, io)
    if (text(call.values, 'output') === 'json') io.stdout(asJson(unlessQuiet(diagnostics, call.values)))
    else report(diagnostics, call.values, io)
    return status
  },
}
