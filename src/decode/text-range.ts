/** A stretch of a text, in UTF-16 offsets, end exclusive. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

export const rangeOf = ({ start, end }: TextRange): TextRange => ({ start, end })

/** Where the line of an offset begins. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

/** What stands in place of a stretch. */
export interface Replacement extends TextRange {
  readonly words: string
}

/** A text with stretches of it replaced, which are in order and apart from each other. */
export function replaced(text: string, replacements: readonly Replacement[]): string {
  const pieces: string[] = []
  let at = 0
  for (const { start, end, words } of replacements) {
    pieces.push(text.slice(at, start), words)
    at = end
  }
  pieces.push(text.slice(at))
  return pieces.join('')
}

/** A text without stretches of it, which are in order and apart from each other. */
export const without = (text: string, ranges: readonly TextRange[]): string =>
  replaced(
    text,
    ranges.map(range => ({ ...range, words: '' })),
  )
