import { decode, decodeBare } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { HEADER, weave } from '../weave/envelope.ts'
import { unweave } from '../weave/unweave.ts'

/** What the two parts of our vendor-data carry. */
function scriptsOf(ours: Uint8Array): Pick<Injection, 'boothook' | 'script'> {
  const { source, documents } = decodeBare(ours, 'vendor-data').userData
  const [boothook = '', script = ''] = documents.map(({ start, end }) => source.text.slice(start, end))
  return { boothook, script }
}

/**
 * The operator's vendor-data with ours behind it. They are parts of one document as user-data and injection are: theirs first and
 * verbatim, ours of types that merge with nothing. What was injected into theirs before gives way.
 */
export function addTo(theirs: Uint8Array, ours: Uint8Array, injection: Injection): Uint8Array {
  if (theirs.length === 0) return ours
  const decoded = decode(theirs, 'vendor-data').userData
  // cloud-init takes no base64 off a file of vendor-data: as it is, it ignores that, with or without ours.
  const base64 = decoded.wrappings.some(({ kind }) => kind === 'base64')
  const userData = base64 ? decodeBare(theirs, 'vendor-data').userData : decoded
  const before = unweave(userData)
  if (before === undefined && userData.mime?.headers.has(HEADER.toLowerCase()) === true) return ours
  const bare = before === undefined ? userData : decodeBare(before.bytes, 'vendor-data').userData
  return weave(bare, [], { ...injection, ...scriptsOf(ours) })
}
