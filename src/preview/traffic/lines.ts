import { columnsOf, visible } from '../../report/visible.ts'

const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + columnsOf(character), 0)

/** Where a long word is best cut: before what parts a path, behind what parts an address or a list. */
const SEAMS = /(?=[/{])|(?<=[:,._-])/

/** Text cut anywhere, where it does not fit. */
function cut(text: string, width: number): readonly string[] {
  const all: string[] = []
  let piece = ''
  for (const character of text) {
    if (piece !== '' && widthOf(piece) + columnsOf(character) > width) {
      all.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...all, piece]
}

/** A word in pieces that fit. */
function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word]
  const all: string[] = []
  let piece = ''
  for (const part of word.split(SEAMS).flatMap(one => cut(one, width))) {
    if (piece !== '' && widthOf(piece + part) > width) {
      all.push(piece)
      piece = ''
    }
    piece += part
  }
  return [...all, piece]
}

/** Text in lines of at most `width` columns, words that are longer cut; what a terminal would obey is made visible. */
export function fitted(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of visible(text)
    .split(/\s+/)
    .flatMap(one => pieces(one, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
  }
  return [...lines, line]
}

/** The text with blanks behind it. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
