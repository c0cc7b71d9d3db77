import { decode } from '../../src/decode/decode.ts'
import type { Document } from '../../src/decode/user-data.ts'
import { bytes } from './places.ts'

/** The documents in a user-data text, as the tool reads them. */
export const documentsIn = (content: string, name = 'web.yaml'): readonly Document[] =>
  decode(bytes(content), name).userData.documents

/** The only document in a user-data text. */
export function documentIn(content: string): Document {
  const [document, ...others] = documentsIn(content)
  if (document === undefined || others.length > 0) throw new Error('not one document')
  return document
}

/** A MIME message of these parts, headers included. */
export const mimeOf = (...parts: readonly string[]): string =>
  `Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n${parts.map(part => `--B\n${part}\n`).join('')}--B--\n`
