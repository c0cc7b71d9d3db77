import type { Path } from '../../src/kubernetes/objects/path.ts'

/** Every path in an object that ends at a key of a mapping. */
export const pathsIn = (value: unknown, path: Path = []): readonly Path[] =>
  Array.isArray(value)
    ? value.flatMap((item, at) => pathsIn(item, [...path, at]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => [[...path, name], ...pathsIn(item, [...path, name])])
      : []
