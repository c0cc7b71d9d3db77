import { SCHEMA } from '../../annotations/generated/schema.ts'
import { PREVIEW_SCHEMA } from '../preview/generated/schema.ts'
import { nearest } from '../report/nearest.ts'
import type { Command } from './command.ts'
import { SCHEMAS, type SchemaName } from './completion/words.ts'
import { EXIT, UsageError } from './io.ts'

/** Read at their use: each is a module that is loaded then. */
const TEXTS: Readonly<Record<SchemaName, () => string>> = {
  annotations: () => SCHEMA,
  preview: () => PREVIEW_SCHEMA,
}

export const schemaCommand: Command = {
  name: 'schema',
  operands: '[annotations|preview]',
  completes: 'schema',
  maxOperands: 1,
  summary: 'print a JSON schema: of the annotations and the values file, or of preview --view json',
  description: ['For editors and for other tools. The schemas are made from the types of the tool itself.'],
  options: [],
  examples: ['consul-vm-inject schema > consul-annotations.schema.json', 'consul-vm-inject schema preview'],
  async run({ operands: [asked = 'annotations'] }, io) {
    const name = SCHEMAS.find(schema => schema === asked)
    if (name === undefined) {
      const near = nearest(asked, SCHEMAS)
      const hint = near === undefined ? `name one of ${SCHEMAS.join(', ')}` : `did you mean ${near}?`
      throw new UsageError(`there is no schema of ${asked}`, hint)
    }
    io.stdout(TEXTS[name]())
    return EXIT.done
  },
}
