import { sameBytes } from '../decode/bytes.ts'
import { type InjectOptions, inject, uninject } from '../index.ts'
import { injectManifest, uninjectManifest } from '../kubernetes/manifest/manifest.ts'
import { isManifest } from '../kubernetes/manifest/recognise.ts'
import type { Diagnostic } from '../report/diagnostics.ts'
import { EXIT, type ExitCode, type Io } from './io.ts'
import { statusOf } from './report.ts'
import { inTime, weightOf } from './time-limit.ts'

/** A document after a command. */
export interface Transformed {
  /** Undefined when the document is refused. */
  readonly output: Uint8Array | undefined
  /** Whether the output carries an injection. */
  readonly injected: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly status: ExitCode
}

interface UninjectOptions {
  readonly name: string
  readonly force: boolean
}

/** What a command does with each document. */
export type Transform = (name: string, bytes: Uint8Array) => Transformed

function injected(bytes: Uint8Array, options: InjectOptions): Transformed {
  if (!isManifest(bytes)) {
    const { output, decision, diagnostics } = inject(bytes, options)
    return { output, injected: decision.inject, diagnostics, status: statusOf(diagnostics) }
  }
  const { output, diagnostics } = injectManifest(bytes, options)
  const changed = output !== undefined && !sameBytes(output, bytes)
  return { output, injected: changed, diagnostics, status: statusOf(diagnostics) }
}

/** What was edited is told also where it is taken out by force, and that is no failure. */
function uninjected(bytes: Uint8Array, options: UninjectOptions): Transformed {
  const { output, diagnostics } = isManifest(bytes) ? uninjectManifest(bytes, options) : uninject(bytes, options)
  return { output, injected: false, diagnostics, status: output === undefined ? EXIT.bad : EXIT.done }
}

/** Injects user-data, or a manifest of Kubernetes with user-data in it. */
export const injectDocument = (bytes: Uint8Array, options: InjectOptions, io: Io): Transformed =>
  inTime(weightOf(bytes, options), () => injected(bytes, options), io)

/** Takes the injection out again. */
export const uninjectDocument = (bytes: Uint8Array, options: UninjectOptions, io: Io): Transformed =>
  inTime(bytes.length, () => uninjected(bytes, options), io)
