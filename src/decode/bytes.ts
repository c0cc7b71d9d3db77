export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Text as bytes, one a character. In memory of their own: whoever gets them may hand it over to another thread. */
export function latin1Of(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  Buffer.from(bytes.buffer).write(text, 'latin1')
  return bytes
}
