import { createHash } from 'node:crypto'

/** What recognises a text of ours again: 16 hexadecimal digits of its SHA-256. */
export const digestOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 16)
