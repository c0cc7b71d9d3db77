import { SCHEMA } from '../../annotations/generated/schema.ts'
import type { Command } from './command.ts'
import { EXIT } from './io.ts'

export const schemaCommand: Command = {
  name: 'schema',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'print the JSON schema of the annotations and of the values file',
  description: ['For editors and for other tools. The schema is made from the types of the annotation model.'],
  options: [],
  examples: ['consul-vm-inject schema > consul-annotations.schema.json'],
  async run(_call, io) {
    io.stdout(SCHEMA)
    return EXIT.done
  },
}
