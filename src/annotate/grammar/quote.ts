import { unicodeEscape } from '../../report/visible.ts'

/** Characters that a terminal or a reader could be fooled by: controls, line separators, direction marks, a stray BOM. */
const TREACHEROUS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

const LONGEST = 80

/** The text as a message may carry it: nothing in it moves the cursor, ends the line or turns the reading direction. */
export const shown = (text: string): string => text.replace(TREACHEROUS, unicodeEscape)

/** The text between double quotes, made harmless by `shown`; the tail of a long one is cut off. */
export const quote = (text: string): string => {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
  return `"${shown(short.replace(/["\\]/g, '\\$&'))}"`
}
