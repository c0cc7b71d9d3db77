/** Characters that mean to systemd what they are, so that a word of them needs no quotes. */
const PLAIN = /^[A-Za-z0-9_@+=:,./-]+$/

/** A word as systemd reads it back. Specifiers (`%`) are switched off; in a command line so are variables (`$`). */
export function unitWord(text: string, place: 'command' | 'value' = 'command'): string {
  if (PLAIN.test(text)) return text
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('%', '%%')
    .replaceAll('$', place === 'command' ? '$$$$' : '$$')
    .replace(/[\x00-\x1f\x7f]/g, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}

/** The lines of a command that goes on over several: systemd before 246 reads at most 2048 bytes a line. */
export const continued = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${line} \\`)

/** A path without empty and `.` parts: systemd takes paths in normal form only. */
export const normalPath = (path: string): string =>
  path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .map(part => `/${part}`)
    .join('')
