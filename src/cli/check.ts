import { check } from '../index.ts'
import { checkManifest } from '../manifest/manifest.ts'
import { isManifest } from '../manifest/recognise.ts'
import { type Command, text } from './command.ts'
import { injectOptions, readUserData } from './input.ts'
import { INJECTION, SPEECH } from './options.ts'
import { asJson, report, said, statusOf } from './report.ts'

export const checkCommand: Command = {
  name: 'check',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'say what is wrong with the annotations of user-data; write nothing',
  description: [
    'Judges the annotations exactly as inject would and writes no user-data.',
    'With --output json the diagnostics are the data and go to standard output.',
  ],
  options: [...INJECTION, ...SPEECH],
  examples: ['consul-vm-inject check web.yaml', 'consul-vm-inject check --strict --output json web.yaml'],
  async run(call, io) {
    const { name, bytes } = await readUserData(call, io)
    const options = await injectOptions(call, io, name)
    const { diagnostics } = isManifest(bytes) ? checkManifest(bytes, options) : check(bytes, options)
    if (text(call.values, 'output') === 'json') io.stdout(asJson(said(diagnostics, call.values)))
    else report(diagnostics, call.values, io)
    return statusOf(diagnostics)
  },
}
