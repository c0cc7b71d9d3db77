/** The widest line of help, explanations and remedies, in columns. */
export const LINE: number = 100

/** Words in lines of at most `width` columns. A word that is longer stands alone on its line. */
export function wrapWords(words: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Words behind a label, further lines under the first word: `label words words`. */
export function hang(label: string, words: string, width: number = LINE): string {
  const [first = '', ...rest] = wrapWords(words, width - label.length)
  return [label + first, ...rest.map(line => ' '.repeat(label.length) + line)].join('\n')
}

const WIDEST_TERM = 30

/** Terms and meanings in two columns; a term too long for its column has its meaning on the next line. */
export function columns(
  rows: readonly (readonly [term: string, meaning: string])[],
  widest: number = WIDEST_TERM,
): string {
  const fitting = rows.map(([term]) => term.length).filter(length => length <= widest)
  const indent = Math.max(0, ...fitting) + 4
  return rows
    .map(([term, meaning]) =>
      term.length > widest
        ? `  ${term}\n${hang(' '.repeat(indent), meaning)}\n`
        : `${hang(`  ${term}`.padEnd(indent), meaning).trimEnd()}\n`,
    )
    .join('')
}
