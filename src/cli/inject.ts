import { inject } from '../index.ts'
import { injectManifest } from '../manifest/manifest.ts'
import { isManifest } from '../manifest/recognise.ts'
import { type Command, text } from './command.ts'
import { injectOptions, readUserData, write } from './input.ts'
import { INJECTION, OUT, SPEECH } from './options.ts'
import { report, statusOf } from './report.ts'

export const injectCommand: Command = {
  name: 'inject',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'rewrite user-data so that the VM boots into the mesh (the default command)',
  description: [
    'Reads user-data from FILE or standard input and writes it with the injection to standard output.',
    'User-data that is not annotated with connect-inject "true" comes back unchanged, byte for byte.',
    'On any error nothing is written to standard output and every fault is shown at its line and column.',
  ],
  options: [OUT, ...INJECTION, ...SPEECH],
  examples: [
    'consul-vm-inject < web.yaml > web.injected',
    'consul-vm-inject web.yaml -a connect-inject=true -a connect-service=web',
    'consul-vm-inject --values values.yaml --profile prebuilt web.yaml -o web.injected',
  ],
  async run(call, io) {
    const { name, bytes } = await readUserData(call, io)
    const options = await injectOptions(call, io, name)
    const result = isManifest(bytes) ? injectManifest(bytes, options) : inject(bytes, options)
    if (result.output !== undefined) await write(result.output, text(call.values, 'output-file'), io)
    report(result.diagnostics, call.values, io)
    return statusOf(result.diagnostics)
  },
}
