import { sameBytes } from '../decode/bytes.ts'
import { type InjectOptions, inject, uninject } from '../index.ts'
import { injectManifest, uninjectManifest } from '../kubernetes/manifest/manifest.ts'
import { isManifest } from '../kubernetes/manifest/recognise.ts'
import type { Diagnostic } from '../report/diagnostics.ts'
import { EXIT, type ExitCode } from './io.ts'
import { statusOf } from './report.ts'

/** A document after a command. */
export interface Transformed {
  /** Undefined when the document is refused. */
  readonly output: Uint8Array | undefined
  /** Whether the output carries an injection. */
  readonly injected: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly status: ExitCode
}

/** What a command does with each document. */
export type Transform = (name: string, bytes: Uint8Array) => Transformed

/** Injects user-data, or a manifest of Kubernetes with user-data in it. */
export function injectDocument(bytes: Uint8Array, options: InjectOptions): Transformed {
  if (!isManifest(bytes)) {
    const { output, decision, diagnostics } = inject(bytes, options)
    return { output, injected: decision.inject, diagnostics, status: statusOf(diagnostics) }
  }
  const { output, diagnostics } = injectManifest(bytes, options)
  const changed = output !== undefined && !sameBytes(output, bytes)
  return { output, injected: changed, diagnostics, status: statusOf(diagnostics) }
}

/** Takes the injection out again. What was edited is told also where it is taken out by force, and that is no failure. */
export function uninjectDocument(
  bytes: Uint8Array,
  options: { readonly name: string; readonly force: boolean },
): Transformed {
  const { output, diagnostics } = isManifest(bytes) ? uninjectManifest(bytes, options) : uninject(bytes, options)
  return { output, injected: false, diagnostics, status: output === undefined ? EXIT.bad : EXIT.done }
}
