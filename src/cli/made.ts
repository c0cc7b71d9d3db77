import { type InjectOptions, inject, uninject } from '../index.ts'
import { injectManifest, uninjectManifest } from '../kubernetes/manifest/manifest.ts'
import { isManifest } from '../kubernetes/manifest/recognise.ts'
import type { Diagnostic } from '../report/diagnostics.ts'
import { EXIT, type ExitCode } from './io.ts'
import { statusOf } from './report.ts'

/** What a command makes of a document. */
export interface Made {
  /** Undefined when the document is refused. */
  readonly output: Uint8Array | undefined
  /** Whether the output carries an injection. */
  readonly injected: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly status: ExitCode
}

export type Make = (name: string, bytes: Uint8Array) => Made

/** User-data, or a manifest of Kubernetes with user-data in it, injected. */
export function injected(bytes: Uint8Array, options: InjectOptions): Made {
  if (!isManifest(bytes)) {
    const { output, decision, diagnostics } = inject(bytes, options)
    return { output, injected: decision.inject, diagnostics, status: statusOf(diagnostics) }
  }
  const { output, diagnostics } = injectManifest(bytes, options)
  const changed = output !== undefined && !Buffer.from(output).equals(bytes)
  return { output, injected: changed, diagnostics, status: statusOf(diagnostics) }
}

/** The injection taken out again. What was edited is told also where it is taken out by force, and that is no failure. */
export function uninjected(bytes: Uint8Array, options: { readonly name: string; readonly force: boolean }): Made {
  const { output, diagnostics } = isManifest(bytes) ? uninjectManifest(bytes, options) : uninject(bytes, options)
  return { output, injected: false, diagnostics, status: output === undefined ? EXIT.bad : EXIT.done }
}
