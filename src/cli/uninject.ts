import { uninject } from '../index.ts'
import { type Command, flag } from './command.ts'
import { EXIT } from './io.ts'
import { MANY, OUT, SPEECH } from './options.ts'
import { rewrite } from './rewrite.ts'

export const uninjectCommand: Command = {
  name: 'uninject',
  operands: '[FILE|DIR...]',
  completes: 'file',
  maxOperands: Number.POSITIVE_INFINITY,
  summary: 'take the injection out again; the bytes of the operator come back',
  description: [
    'The exact inverse of inject, also for the output of earlier versions. Of gzip the bytes inside come back.',
    'User-data that was not injected comes back unchanged.',
    'Several files, or all below a directory, go where --output-dir or --in-place says, as with inject.',
    'Refuses when somebody edited inside the injected parts, and shows where.',
  ],
  options: [
    OUT,
    ...MANY,
    { name: 'force', summary: 'take the injected parts out although they were edited' },
    ...SPEECH,
  ],
  examples: ['consul-vm-inject uninject < web.injected > web.yaml', 'consul-vm-inject uninject --in-place user-data/'],
  run: (call, io) =>
    rewrite(call, io, async () => (name, bytes) => {
      const { output, diagnostics } = uninject(bytes, { name, force: flag(call.values, 'force') })
      return { output, injected: false, diagnostics, status: output === undefined ? EXIT.bad : EXIT.done }
    }),
}
