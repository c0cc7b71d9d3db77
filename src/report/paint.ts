import type { Severity } from './diagnostics.ts'

export type Style = Severity | 'frame' | 'bold' | 'added' | 'removed' | 'hunk'

const COLOUR: Readonly<Record<Style, string>> = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  note: '\u001b[1;36m',
  frame: '\u001b[1;34m',
  bold: '\u001b[1m',
  added: '\u001b[32m',
  removed: '\u001b[31m',
  hunk: '\u001b[36m',
}
const RESET = '\u001b[0m'

/** Puts a style around text. */
export type Paint = (style: Style, text: string) => string

export const painter =
  (colour: boolean): Paint =>
  (style, words) =>
    colour && words !== '' ? `${COLOUR[style]}${words}${RESET}` : words
