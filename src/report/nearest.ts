/**
 * Edits between two words: insertion, removal, replacement and the swap of two neighbours count one each. Infinite where the lengths
 * alone say that there are more than `most`: so of words of any length only those that are about as long as each other take time.
 */
export function distance(a: string, b: string, most: number = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    rows.push(current)
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
  }
  return at(a.length, b.length)
}

/** The word that was probably meant, or undefined when none is near: few edits away, or the only one that begins so. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const beginning = word.length < 2 ? [] : words.filter(candidate => candidate.startsWith(word))
  if (beginning.length === 1) return beginning[0]
  const limit = Math.max(1, Math.floor(word.length / 3))
  return words
    .map(candidate => ({ candidate, edits: distance(word, candidate, limit) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)[0]?.candidate
}
