const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes as the text they are in UTF-8, a byte order mark kept; undefined when they are none. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
