import { type Command, flag } from './command.ts'
import { MANY, OUTPUT_FILE, REPORTING } from './options.ts'
import { rewrite } from './rewrite.ts'
import { uninjectDocument } from './transform.ts'

export const uninjectCommand: Command = {
  name: 'uninject',
  operands: '[FILE|DIR...]',
  completes: 'file',
  maxOperands: Number.POSITIVE_INFINITY,
  summary: 'take the injection out again; the bytes of the operator come back',
  description: [
    'The exact inverse of inject, also for the output of earlier versions. Of gzip the bytes inside come back.',
    'User-data that was not injected comes back unchanged. A Kubernetes manifest is recognised.',
    'Several files, or all below a directory, go where --output-dir or --in-place says, as with inject.',
    'Refuses when somebody edited inside the injected parts, and shows where.',
  ],
  options: [
    OUTPUT_FILE,
    ...MANY,
    { name: 'force', summary: 'take the injected parts out although they were edited' },
    ...REPORTING,
  ],
  examples: ['consul-vm-inject uninject < web.injected > web.yaml', 'consul-vm-inject uninject --in-place user-data/'],
  run: (call, io) =>
    rewrite(
      call,
      io,
      async () => (name, bytes) => uninjectDocument(bytes, { name, force: flag(call.values, 'force') }, io),
    ),
}
