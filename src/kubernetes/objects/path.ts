/** The way to a value inside an object of the Kubernetes API: keys of mappings and indices of lists. */
export type Path = readonly (string | number)[]

/** The value at a path; undefined where there is none. Only what is the object's own counts. */
export const valueAt = (object: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    object,
  )

/** A path as people write it: `spec.volumes[1].cloudInitNoCloud.userData`. */
export const textOf = (path: Path): string =>
  path
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')

/** A path as a JSON Pointer (RFC 6901). */
export const pointerOf = (path: Path): string =>
  path.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
