import { type InjectOptions, inject, mutate, preview, type VendorOptions, vendorData } from '../index.ts'
import { injectManifest } from '../kubernetes/manifest/manifest.ts'
import { isManifest } from '../kubernetes/manifest/recognise.ts'
import {
  type Diagnostic,
  type DiagnosticRecord,
  diagnostic,
  hasErrors,
  inOrder,
  toRecord,
} from '../report/diagnostics.ts'
import { addTo } from './combine.ts'

/** One document to judge. Plain data: it travels between threads. */
export interface Job {
  /** `pipe` is `inject` that takes Kubernetes manifests as well; `mutate` answers an AdmissionReview, `preview` the page. */
  readonly kind: 'inject' | 'pipe' | 'vendor' | 'mutate' | 'preview'
  readonly input: Uint8Array
  readonly options: InjectOptions & Pick<VendorOptions, 'vendorKey'>
  /** The operator's own vendor-data, which the vendor-data that is asked for has to keep. */
  readonly beside?: Uint8Array
}

/** What a job came to. Plain data too. */
export interface Done {
  readonly ok: true
  /** Undefined when there are errors; of a `mutate` the answer always. */
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

function doneOf(output: Uint8Array | undefined, injected: boolean, diagnostics: readonly Diagnostic[]): Done {
  const errors = output === undefined || hasErrors(diagnostics)
  return {
    ok: true,
    output: errors ? undefined : output,
    injected: !errors && injected,
    errors,
    diagnostics: inOrder(diagnostics).map(toRecord),
  }
}

const jsonBytes = (data: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(data)}\n`)

const MANIFEST = diagnostic('E718', 'this is a Kubernetes manifest, and the preview is of user-data', {
  hint: 'give the user-data that stands in it',
})

const KINDS: Readonly<Record<Job['kind'], (job: Job) => Done>> = {
  inject({ input, options }) {
    const { output, decision, diagnostics } = inject(input, options)
    return doneOf(output, decision.inject, diagnostics)
  },
  pipe(job) {
    const { input, options } = job
    if (!isManifest(input)) return KINDS.inject(job)
    const { output, diagnostics } = injectManifest(input, options)
    return doneOf(output, output !== input, diagnostics)
  },
  vendor({ input, options, beside = new Uint8Array() }) {
    const { output, decision, injection, diagnostics } = vendorData(input, options)
    const injected = decision.inject && injection !== undefined
    const given = output !== undefined && injected ? addTo(beside, output, injection) : beside
    return doneOf(output && given, injected, diagnostics)
  },
  mutate({ input, options: { name: _, metadata: __, ...options } }) {
    const review = mutate(JSON.parse(new TextDecoder().decode(input)), options)
    const { allowed = false, patch } = review.response ?? {}
    return { ok: true, output: jsonBytes(review), injected: patch !== undefined, errors: !allowed, diagnostics: [] }
  },
  preview({ input, options }) {
    if (isManifest(input)) return doneOf(undefined, false, [MANIFEST])
    const { preview: seen, diagnostics } = preview(input, options)
    const done = doneOf(seen && new Uint8Array(), seen?.after.injected === true, diagnostics)
    return done.errors ? done : { ...done, output: jsonBytes({ preview: seen, diagnostics: done.diagnostics }) }
  },
}

/** Does a job. Pure: the same job gives the same bytes. */
export const perform = (job: Job): Done => KINDS[job.kind](job)
