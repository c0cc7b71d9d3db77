import { decodeBare } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { weave } from './envelope.ts'

/** Vendor-data with the injection and nothing else: the two parts that merge with nothing, in one document. */
export const weaveVendorData = (injection: Injection): Uint8Array =>
  weave(decodeBare(new Uint8Array(), 'vendor-data').userData, [], injection)
