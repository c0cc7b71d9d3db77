const TAB = '    '
const CONTROL_PICTURES = 0x2400

/** What a terminal must never be sent as it is: controls, what is invisible or turns text around, halves of pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const WIDE =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const HALF = /[\u{1f1e6}-\u{1f1ff}\uff61-\uffdc]/u
const MARK = /[\p{Mn}\p{Me}]/u

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (character === '\t') return TAB
  return code < 0x20 ? String.fromCodePoint(CONTROL_PICTURES + code) : '\ufffd'
}

/**
 * Text that a terminal shows as it is and that moves no cursor: tabs are four blanks, other control characters their
 * pictures (`␛`), and what cannot be seen or reverses the text is U+FFFD.
 */
export const visible = (text: string): string => text.replace(HIDDEN, picture)

/** How many columns a terminal gives a character: two for East Asian wide ones and emoji, none for combining marks. */
export function columnsOf(character: string): number {
  if (character === TAB) return TAB.length
  if (character < '\u0300') return 1
  if (MARK.test(character)) return 0
  return WIDE.test(character) && !HALF.test(character) ? 2 : 1
}

/** A UTF-16 unit as JSON, JavaScript and Python write it in ASCII: `\u00e9`. */
export const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON in which nothing can reach a terminal raw either. */
export const visibleJson = (json: string): string =>
  json.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, character => character.split('').map(unicodeEscape).join(''))
