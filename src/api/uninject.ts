import { decode } from '../decode/decode.ts'
import { wrap } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic, hasErrors } from '../report/diagnostics.ts'
import { demandBytes } from './demand-bytes.ts'

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
  demandBytes(input, 'the user-data')
  const { userData, diagnostics: read } = decode(input, options.name ?? '<stdin>')
  const { earlier, bytes, wrappings } = userData
  if (earlier === undefined && hasErrors(read)) return { output: undefined, injected: false, diagnostics: read }
  if (earlier === undefined) {
    const note = diagnostic('N101', 'the user-data was not injected: it is left as it is')
    return { output: input, injected: false, diagnostics: [note] }
  }
  const { edits } = earlier
  if (hasErrors(edits) && options.force !== true) return { output: undefined, injected: true, diagnostics: edits }
  const packed = wrappings.some(({ kind }) => kind === 'gzip')
  return {
    output: packed ? bytes : wrap(bytes, wrappings),
    injected: true,
    diagnostics: edits.map(entry => ({ ...entry, severity: 'warning' })),
  }
}
