import type { Command } from './command.ts'
import { injectOptions } from './input.ts'
import { INJECTION, MANY, OUTPUT_FILE, REPORTING } from './options.ts'
import { rewrite } from './rewrite.ts'
import { injectDocument } from './transform.ts'

export const injectCommand: Command = {
  name: 'inject',
  operands: '[FILE|DIR...]',
  completes: 'file',
  maxOperands: Number.POSITIVE_INFINITY,
  summary: 'rewrite user-data so that the VM boots into the mesh (the default command)',
  description: [
    'Reads user-data from FILE or standard input and writes it with the injection to standard output.',
    'User-data that is not annotated with connect-inject "true" comes back unchanged, byte for byte.',
    'On any error nothing is written to standard output and every fault is shown at its line and column.',
    'Several files, or all below a directory, need --output-dir or --in-place. All of them are read, judged and ' +
      'written beside their places before the first is put into its place: with an error in one, nothing changes.',
    'Of a directory every file is a document, save for hidden ones and backups (*.orig, *.bak, *~): user-data has no ' +
      'extension that tells it. What cloud-init would not recognise is written as it is, with a warning.',
    'With --in-place the original is kept as FILE.orig, once: a backup is never written over.',
  ],
  options: [OUTPUT_FILE, ...MANY, ...INJECTION, ...REPORTING],
  examples: [
    'consul-vm-inject < web.yaml > web.injected',
    'consul-vm-inject web.yaml -a connect-inject=true -a connect-service=web',
    'consul-vm-inject --values values.yaml --profile prebuilt web.yaml -o web.injected',
    'consul-vm-inject user-data/ --output-dir injected',
  ],
  run: (call, io) =>
    rewrite(call, io, async () => {
      const options = await injectOptions(call, io)
      return (name, bytes) => injectDocument(bytes, { ...options, name }, io)
    }),
}
