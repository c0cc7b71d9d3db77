import { uninject } from '../index.ts'
import { uninjectManifest } from '../manifest/manifest.ts'
import { isManifest } from '../manifest/recognise.ts'
import { type Command, flag, text } from './command.ts'
import { readUserData, write } from './input.ts'
import { EXIT } from './io.ts'
import { OUT, SPEECH } from './options.ts'
import { report } from './report.ts'

export const uninjectCommand: Command = {
  name: 'uninject',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'take the injection out again; the bytes of the operator come back',
  description: [
    'The exact inverse of inject, also for the output of earlier versions. Of gzip the bytes inside come back.',
    'User-data that was not injected comes back unchanged. A Kubernetes manifest is recognised.',
    'Refuses when somebody edited inside the injected parts, and shows where.',
  ],
  options: [OUT, { name: 'force', summary: 'take the injected parts out although they were edited' }, ...SPEECH],
  examples: ['consul-vm-inject uninject < web.injected > web.yaml'],
  async run(call, io) {
    const { name, bytes } = await readUserData(call, io)
    const options = { name, force: flag(call.values, 'force') }
    const { output, diagnostics } = isManifest(bytes) ? uninjectManifest(bytes, options) : uninject(bytes, options)
    if (output !== undefined) await write(output, text(call.values, 'output-file'), io)
    report(diagnostics, call.values, io)
    return output === undefined ? EXIT.bad : EXIT.done
  },
}
