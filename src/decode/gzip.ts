import { gunzipSync } from 'node:zlib'

/** Bytes. More than this is not user-data, whatever the platform: it is refused before it fills the memory. */
export const UNPACKED_LIMIT: number = 16 * 1024 * 1024

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export type Unpacked =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: 'damaged' | 'too-large' }

/** One layer of gzip, as cloud-init unpacks it, of at most so many bytes. Never throws. */
export function unpackGzip(bytes: Uint8Array, limit: number = UNPACKED_LIMIT): Unpacked {
  try {
    return { ok: true, bytes: gunzipSync(bytes, { maxOutputLength: Math.max(1, limit) }) }
  } catch (error) {
    const code = (error as { code?: string }).code
    return { ok: false, reason: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'damaged' }
  }
}
