import type { Diagnostic } from '../report/diagnostics.ts'

export type Woven =
  | {
      readonly ok: true
      readonly bytes: Uint8Array
      /** Top-level keys of cloud-config that the operator's document did not have: these can shadow others' keys. */
      readonly keys: readonly string[]
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
