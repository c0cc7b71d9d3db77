import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { decodeBase64 } from './base64.ts'
import { looksForeign } from './foreign.ts'
import { formatOf, looksLikeMime } from './format.ts'
import { isGzip, UNPACKED_LIMIT, unpackGzip } from './gzip.ts'
import { openInjection } from './injection/open.ts'
import { type Decoding, decodeBare, textOf, type UserData, type Wrapping } from './user-data.ts'
import { warningsOf } from './warnings.ts'

/** Whether somebody reads bytes as user-data: cloud-init, or another program. */
function isUserData(bytes: Uint8Array): boolean {
  if (isGzip(bytes) || looksLikeMime(bytes)) return true
  const { text } = textOf(bytes)
  return !['unknown', 'empty'].includes(formatOf(text)) || looksForeign(text)
}

const tooLarge = (name: string, what: string, hint: string): Diagnostic =>
  diagnostic('E101', `${name} ${what} more than ${UNPACKED_LIMIT / 1024 / 1024} MiB`, { hint })

/** Base64, then gzip: each at most once, as datasources and cloud-init take them off. */
function unwrap(
  input: Uint8Array,
  name: string,
): Pick<UserData, 'wrappings' | 'bytes'> & Pick<Decoding, 'diagnostics'> {
  const wrappings: Wrapping[] = []
  const diagnostics: Diagnostic[] = []
  let bytes = input
  const inner = isGzip(bytes) ? undefined : decodeBase64(textOf(bytes).text)
  if (inner !== undefined && isUserData(inner.bytes)) {
    wrappings.push({ kind: 'base64', layout: inner.layout })
    bytes = inner.bytes
  }
  if (isGzip(bytes)) {
    const unpacked = unpackGzip(bytes)
    if (unpacked.ok) {
      wrappings.push({ kind: 'gzip' })
      bytes = unpacked.bytes
    } else if (unpacked.reason === 'too-large') {
      diagnostics.push(tooLarge(name, 'unpacks to', 'give the document that was compressed'))
    } else {
      diagnostics.push(
        diagnostic('W103', `${name} begins like gzip but does not unpack: cloud-init will ignore it`, {
          hint: 'compress the document again',
        }),
      )
    }
  }
  return { wrappings, bytes, diagnostics }
}

const withWarnings = ({ userData, diagnostics }: Decoding): Decoding => ({
  userData,
  diagnostics: [...diagnostics, ...warningsOf(userData)],
})

/**
 * Reads user-data that wears neither base64 nor gzip, and opens the injection that it may carry: what is read is the operator's own
 * document.
 */
export function decodeOpened(bytes: Uint8Array, name: string, wrappings: readonly Wrapping[] = []): Decoding {
  const carrier = decodeBare(bytes, name, wrappings)
  const opened = openInjection(carrier.userData)
  if (opened === undefined) return withWarnings(carrier)
  const { bytes: own, ...earlier } = opened
  const { userData, diagnostics } = withWarnings(decodeBare(own, name, wrappings))
  return { userData: { ...userData, earlier: { ...earlier, carrier: carrier.userData } }, diagnostics }
}

/** Reads user-data the way cloud-init does. Never throws; what it cannot read it keeps as bytes. */
export function decode(input: Uint8Array, name: string): Decoding {
  // In base64 with line breaks it has less than half as much again.
  const huge = input.length > UNPACKED_LIMIT * 1.5
  const { wrappings, bytes, diagnostics } = huge
    ? { wrappings: [], bytes: input, diagnostics: [] }
    : unwrap(input, name)
  if (bytes.length > UNPACKED_LIMIT) {
    const refusal = tooLarge(name, 'has', 'no platform takes as much user-data: give another file')
    return { userData: decodeBare(new Uint8Array(), name).userData, diagnostics: [refusal] }
  }
  const bare = decodeOpened(bytes, name, wrappings)
  return { userData: bare.userData, diagnostics: [...diagnostics, ...bare.diagnostics] }
}
