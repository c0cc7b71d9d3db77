import { isGzip } from '../decode/gzip.ts'
import { packGzip } from '../decode/pack-gzip.ts'
import type { Measurement } from '../fit/fit.ts'
import type { PreviewSize } from './model.ts'

/** How much user-data takes up, and of what its platform takes. */
export function sizeOf(bytes: Uint8Array, fitted?: Measurement): PreviewSize {
  const { platform, counted, counts } = fitted ?? {}
  return {
    bytes: bytes.length,
    gzipped: isGzip(bytes) ? bytes.length : packGzip(bytes).length,
    ...(platform !== undefined &&
      counted !== undefined &&
      counts !== undefined && {
        platform: {
          title: platform.title,
          counted,
          counts,
          ...(platform.limit !== undefined && { limit: platform.limit }),
        },
      }),
  }
}
