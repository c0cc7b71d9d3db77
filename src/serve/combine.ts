import { decode, decodeOpened } from '../decode/decode.ts'
import type { Injection } from '../render/injection.ts'
import { weave } from '../weave/envelope.ts'
import { vendorScripts } from '../weave/vendor-data.ts'

/**
 * The operator's vendor-data with ours behind it. They are parts of one document as user-data and injection are: theirs as they are,
 * ours of types that merge with nothing. What was injected into theirs before gives way.
 */
export function addTo(theirs: Uint8Array, ours: Uint8Array, injection: Injection): Uint8Array {
  const decoded = decode(theirs, 'vendor-data').userData
  // cloud-init takes no base64 off a file of vendor-data: as it is, it ignores that, with or without ours.
  const base64 = decoded.wrappings.some(({ kind }) => kind === 'base64')
  const userData = base64 ? decodeOpened(theirs, 'vendor-data').userData : decoded
  return userData.bytes.length === 0 ? ours : weave(userData, [], vendorScripts(injection)).bytes
}
