import type { Diagnostic } from '../report/diagnostics.ts'

/** How the injection travels: as parts of its own, or inside the operator's one cloud-config. */
export type Layout = 'multipart' | 'cloud-config'

export type Woven =
  | {
      readonly ok: true
      readonly bytes: Uint8Array
      /** Top-level keys of cloud-config that the operator's document did not have: these can shadow others' keys. */
      readonly keys: readonly string[]
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
