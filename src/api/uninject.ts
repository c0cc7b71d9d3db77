import { decode, wrap } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic, hasErrors } from '../report/diagnostics.ts'
import { unweave } from '../weave/unweave.ts'

export interface UninjectResult {
  /** The operator's own bytes; undefined when there are errors. The input itself when it was not injected. */
  readonly output: Uint8Array | undefined
  readonly injected: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The exact inverse of `inject`, also for the output of earlier versions. Base64 goes on again as it was; of gzip the bytes inside
 * come back, since other zlibs pack otherwise. Refuses when somebody edited inside the injected parts; `force` takes them out all
 * the same.
 */
export function uninject(
  input: Uint8Array,
  options: { readonly name?: string; readonly force?: boolean } = {},
): UninjectResult {
  const { userData } = decode(input, options.name ?? '<stdin>')
  const unwoven = unweave(userData)
  if (unwoven === undefined) {
    const note = diagnostic('N101', 'the user-data was not injected: it is left as it is')
    return { output: input, injected: false, diagnostics: [note] }
  }
  const { diagnostics, bytes } = unwoven
  if (hasErrors(diagnostics) && options.force !== true) return { output: undefined, injected: true, diagnostics }
  const packed = userData.wrappings.some(({ kind }) => kind === 'gzip')
  return {
    output: packed ? bytes : wrap(bytes, userData.wrappings),
    injected: true,
    diagnostics: diagnostics.map(entry => ({ ...entry, severity: 'warning' })),
  }
}
