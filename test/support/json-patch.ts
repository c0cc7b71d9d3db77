import type { JsonPatchOperation } from '../../src/kubernetes/objects/edit.ts'

type Holder = Record<string, unknown> | unknown[]

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Applies a JSON Patch as RFC 6902 says: what is to be replaced or removed has to be there, and so has every parent. */
export function patched(object: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const result = structuredClone(object)
  for (const { op, path, value } of operations) {
    const tokens = tokensOf(path)
    const last = tokens.pop()
    let holder = result as Holder
    for (const token of tokens) {
      if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, token)) throw new Error(`no ${path}`)
      holder = (holder as Record<string, Holder>)[token] as Holder
    }
    if (last === undefined || typeof holder !== 'object' || holder === null) throw new Error(`no parent of ${path}`)
    if (op !== 'add' && !Object.hasOwn(holder, last)) throw new Error(`nothing to ${op} at ${path}`)
    if (op === 'remove') delete (holder as Record<string, unknown>)[last]
    else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true })
  }
  return result
}
