import { itemwise, listItems } from './list.ts'
import { port } from './number.ts'
import { onOneLine } from './one-line.ts'
import type { Parsed } from './parsed.ts'

/** One port, or several in a comma list, by position; repeats kept, none at all is an empty list. Decimal only, no names. */
export const servicePorts: (value: string) => Parsed<readonly number[]> = onOneLine(value =>
  itemwise(listItems(value), port),
)
