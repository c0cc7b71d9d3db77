/**
 * Deflates at build what every output carries. Node's own zlib gives other bytes on another version or CPU; zopfli, compiled to
 * WebAssembly, gives the same everywhere, and fewer. Each result is inflated again and compared.
 */
import { gunzipSync, inflateSync } from 'node:zlib'
import zopfli from '@gfx/zopfli'

/** The byte of a gzip header that names an operating system: unknown. */
const [OS, UNKNOWN] = [9, 0xff]

const checked = (text, packed, unpack) => {
  if (unpack(packed).toString('utf8') !== text) throw new Error('what was packed does not come out again')
  return packed
}

/** @returns {Promise<Buffer>} the text in UTF-8, as zlib's format */
export const zlib = async text =>
  checked(text, Buffer.from(await zopfli.zlibAsync(Buffer.from(text, 'utf8'), {})), inflateSync)

/** @returns {Promise<Buffer>} the text in UTF-8, as gzip, without time and name */
export async function gzip(text) {
  const packed = Buffer.from(await zopfli.gzipAsync(Buffer.from(text, 'utf8'), {}))
  packed[OS] = UNKNOWN
  return checked(text, packed, gunzipSync)
}
