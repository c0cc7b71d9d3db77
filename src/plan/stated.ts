import { rowOf } from '../annotate/table.ts'
import { keyOf } from './reader.ts'
import { AUTOMATIC } from './redirect.ts'

/** Defaults that are stated although nobody gave them, so that they can be seen and switched off. */
const STATED: readonly string[] = ['transparent-proxy', ...AUTOMATIC.map(({ name }) => name)]

/** The stated defaults, by key. */
export const statedDefaults = (): readonly (readonly [key: string, value: string])[] =>
  STATED.map(name => [keyOf(name), rowOf(keyOf(name))?.default ?? 'true'])
