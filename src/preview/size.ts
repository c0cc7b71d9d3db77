import { isGzip, packGzip } from '../decode/gzip.ts'
import type { Size } from './model.ts'

/** How much user-data takes up. */
export const sizeOf = (bytes: Uint8Array): Size => ({
  bytes: bytes.length,
  gzipped: isGzip(bytes) ? bytes.length : packGzip(bytes).length,
})
