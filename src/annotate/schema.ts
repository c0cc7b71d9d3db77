import { type SchemaFault, validateHelmValues } from '../../annotations/generated/validate.ts'

/** A JSON pointer's steps. */
const steps = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))

const faults = (data: unknown): readonly SchemaFault[] =>
  validateHelmValues(data) ? [] : (validateHelmValues.errors ?? [])

/** What the schema says of a values file: faults by dotted path, the first of each; of nested paths the innermost. */
export function judgeHelmValues(data: unknown): readonly { readonly path: string; readonly message: string }[] {
  const byPath = new Map<string, string>()
  for (const { instancePath, keyword, message } of faults(data)) {
    const path = steps(instancePath).join('.')
    if (!byPath.has(path)) byPath.set(path, keyword === 'pattern' ? 'must be a whole number' : message)
  }
  const outer = (path: string): boolean => [...byPath.keys()].some(other => other.startsWith(`${path}.`))
  return [...byPath].flatMap(([path, message]) => (outer(path) ? [] : [{ path, message }]))
}
