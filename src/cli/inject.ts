import { type Diagnostic, inject } from '../index.ts'
import { injectManifest } from '../manifest/manifest.ts'
import { isManifest } from '../manifest/recognise.ts'
import { type Command, text } from './command.ts'
import { injectOptions, readUserData, write } from './input.ts'
import { EXIT, type ExitCode } from './io.ts'
import { INJECTION, OUT, SPEECH } from './options.ts'
import { report } from './report.ts'

/** Refused by a limit alone, or for what the operator wrote. */
const failed = (diagnostics: readonly Diagnostic[]): ExitCode =>
  diagnostics.every(({ severity, code }) => severity !== 'error' || code === 'E601') ? EXIT.tooLarge : EXIT.bad

export const injectCommand: Command = {
  name: 'inject',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'rewrite user-data so that the VM boots into the mesh (the default command)',
  description: [
    'Reads user-data from FILE or standard input and writes it with the injection to standard output.',
    'User-data that is not annotated with connect-inject "true" comes back unchanged, byte for byte.',
    'A Kubernetes manifest is recognised: its KubeVirt VMs and annotated Secrets are injected, the rest stays as it is.',
    'On any error nothing is written to standard output and every fault is shown at its line and column.',
  ],
  options: [OUT, ...INJECTION, ...SPEECH],
  examples: [
    'consul-vm-inject < web.yaml > web.injected',
    'consul-vm-inject web.yaml -a connect-inject=true -a connect-service=web',
    'consul-vm-inject --values values.yaml --profile prebuilt web.yaml -o web.injected',
    'kubectl get vm web -o yaml | consul-vm-inject --profile prebuilt | kubectl apply -f -',
  ],
  async run(call, io) {
    const { name, bytes } = await readUserData(call, io)
    const options = await injectOptions(call, io, name)
    const result = isManifest(bytes) ? injectManifest(bytes, options) : inject(bytes, options)
    if (result.output !== undefined) await write(result.output, text(call.values, 'output-file'), io)
    report(result.diagnostics, call.values, io)
    return result.output === undefined ? failed(result.diagnostics) : EXIT.done
  },
}
