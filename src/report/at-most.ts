/** At most so many items, in order; of more, the last one that is given stands for those that are left out, of which `rest` knows how many. */
export const atMost = <T>(items: readonly T[], most: number, rest: (count: number, first: T) => T): readonly T[] => {
  const left = items[most - 1]
  if (items.length <= most || left === undefined) return items
  return [...items.slice(0, most - 1), rest(items.length - most + 1, left)]
}
