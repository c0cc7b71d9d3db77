import { cut, itemwise, whole } from './list.ts'
import { port } from './number.ts'
import { onOneLine } from './one-line.ts'
import { meaning, type Parsed } from './parsed.ts'

/** What stands where there is no port between two commas, as in consul-k8s. */
export const NO_PORT = 0

/**
 * One port, or several in a comma list, by position: an empty one keeps its place as NO_PORT. Repeats are kept, none at all is an
 * empty list. Decimal only, no names.
 */
export const servicePorts: (value: string) => Parsed<readonly number[]> = onOneLine(value => {
  const items = cut(whole(value), ',')
  if (items.every(({ text }) => text === '')) return meaning([])
  return itemwise(items, text => (text === '' ? meaning(NO_PORT) : port(text)))
})
