import { decode, decodeBare } from '../decode/user-data.ts'
import { type DiagnosticRecord, inOrder, toRecord } from '../diagnostics.ts'
import { check, type InjectOptions, inject, vendorData } from '../index.ts'
import type { Injection } from '../render/injection.ts'
import { HEADER, weave } from '../weave/envelope.ts'
import { unweave } from '../weave/unweave.ts'

/** One document to judge. Plain data: it travels between threads. */
export interface Job {
  readonly kind: 'inject' | 'check' | 'vendor'
  readonly input: Uint8Array
  readonly options: InjectOptions
  /** The operator's own vendor-data, which the vendor-data that is asked for has to keep. */
  readonly beside?: Uint8Array
}

/** What a job came to. Plain data too. */
export interface Done {
  readonly ok: true
  /** Undefined when there are errors, and for `check`. */
  readonly output: Uint8Array | undefined
  readonly injected: boolean
  readonly errors: boolean
  readonly diagnostics: readonly DiagnosticRecord[]
}

/** A job that came to nothing: it took too long or too much memory, broke down, or there is too much to do already. */
export interface Failed {
  readonly ok: false
  readonly why: 'timeout' | 'memory' | 'fault' | 'busy'
}

export type Work = (job: Job) => Promise<Done | Failed>

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
function addTo(theirs: Uint8Array, ours: Uint8Array, injection: Injection): Uint8Array {
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

function vendored({ input, options, beside = new Uint8Array() }: Job): Done {
  const { output, decision, injection, diagnostics } = vendorData(input, options)
  const records = inOrder(diagnostics).map(toRecord)
  if (output === undefined) return { ok: true, output, injected: false, errors: true, diagnostics: records }
  const injected = decision.inject && injection !== undefined
  const given = injected ? addTo(beside, output, injection) : beside
  return { ok: true, output: given, injected, errors: false, diagnostics: records }
}

/** Does a job. Pure: the same job gives the same bytes. */
export function perform(job: Job): Done {
  const { kind, input, options } = job
  if (kind === 'vendor') return vendored(job)
  if (kind === 'check') {
    const { ok, decision, diagnostics } = check(input, options)
    const records = inOrder(diagnostics).map(toRecord)
    return { ok: true, output: undefined, injected: ok && decision.inject, errors: !ok, diagnostics: records }
  }
  const { output, decision, diagnostics } = inject(input, options)
  const errors = output === undefined
  const records = inOrder(diagnostics).map(toRecord)
  return { ok: true, output, injected: !errors && decision.inject, errors, diagnostics: records }
}
