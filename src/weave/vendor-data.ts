import { bytesOf } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { postponed } from '../render/postpone.ts'
import { envelopeHead } from './envelope.ts'
import { boundaryFor, delimited, ownParts, type Scripts, START } from './parts.ts'

/** What the two parts carry in vendor-data: cloud-init runs its scripts before the operator's, so ours puts itself behind them. */
export const vendorScripts = ({ boothook, script, condition }: Injection): Scripts => ({
  boothook,
  script: postponed(script, condition),
})

/**
 * Injection -> vendor-data bytes: `multipart/mixed` with our boothook and our script alone, for user-data that stays untouched. Same
 * input, same bytes.
 */
export function weaveVendorData(injection: Injection): Uint8Array {
  const parts = ownParts(vendorScripts(injection), { newline: '\n', start: START, commented: '', ending: undefined })
  const boundary = boundaryFor('', parts)
  return bytesOf(
    `${envelopeHead(boundary, 'vendor-data')}${delimited(parts, boundary, '\n')}--${boundary}--\n`,
    'utf-8',
  )
}

/** Vendor-data as OpenStack hands it out: JSON in which cloud-init looks for the key `cloud-init`. */
export function openstackVendorData(vendorData: Uint8Array): string {
  const content = vendorData.length === 0 ? {} : { 'cloud-init': Buffer.from(vendorData).toString('utf8') }
  return `${JSON.stringify(content, undefined, 2)}\n`
}
