import { Ajv } from 'ajv'
import { SCHEMA } from '../../annotations/generated/schema.ts'
import type { SchemaCheck, SchemaFault } from '../../annotations/generated/validate.ts'

const compiled = new Ajv({ allErrors: true, strict: false, validateFormats: false })
  .addSchema(JSON.parse(SCHEMA) as object, 'model')
  .compile({ $ref: 'model#/definitions/ConsulAnnotations' })

/** Tells whether annotations are as the published schema wants them, as editors ask it. */
export const validateAnnotations: SchemaCheck = (data: unknown): boolean => {
  const fine = compiled(data)
  validateAnnotations.errors = compiled.errors as readonly SchemaFault[] | null
  return fine
}
