import { bytesOf } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { postponed } from '../render/postpone.ts'
import { VERSION } from '../version.ts'
import { digestOf } from './digest.ts'
import { boundaryFor, HEADER, ownParts, START } from './envelope.ts'

/**
 * Injection -> vendor-data bytes: `multipart/mixed` with our boothook and our script alone, for user-data that stays untouched.
 * cloud-init runs the scripts of vendor-data before the operator's, so this one puts itself behind them. Same input, same bytes.
 */
export function weaveVendorData({ boothook, script, condition }: Injection): Uint8Array {
  const scripts = { boothook, script: postponed(script, condition) }
  const boundary = boundaryFor('', scripts)
  const own = ownParts(boundary, START, scripts)
  const head =
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n` +
    `${HEADER}: ${VERSION}; vendor-data; parts=${digestOf(own)}\n\n`
  return bytesOf(head + own, 'utf-8')
}

/** Vendor-data as OpenStack hands it out: JSON in which cloud-init looks for the key `cloud-init`. */
export function openstackVendorData(vendorData: Uint8Array): string {
  const content = vendorData.length === 0 ? {} : { 'cloud-init': Buffer.from(vendorData).toString('utf8') }
  return `${JSON.stringify(content, undefined, 2)}\n`
}
