import { createHash } from 'node:crypto'

/** What recognises a text of ours again: 16 hexadecimal digits of its SHA-256. The text is given in pieces, one behind the other. */
export function digestOf(...pieces: readonly string[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece, 'latin1')
  return hash.digest('hex').slice(0, 16)
}
