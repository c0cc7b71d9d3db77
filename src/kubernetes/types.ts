/**
 * The shapes of the Kubernetes API that the tool answers with, named as in `@kubernetes/client-node`. What comes over the wire is
 * `unknown` until it has been looked at.
 */

export interface V1GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** What the API server asks. */
export interface V1AdmissionRequest {
  readonly uid: string
  readonly kind: V1GroupVersionKind
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly namespace?: string
  readonly name?: string
  readonly subResource?: string
  readonly object?: unknown
  /** The object as it is stored, on an update. */
  readonly oldObject?: unknown
  readonly dryRun?: boolean
}

/** `status` of an answer that refuses. */
export interface V1Status {
  readonly code: number
  readonly message: string
}

/** What the API server is told. */
export interface V1AdmissionResponse {
  readonly uid: string
  readonly allowed: boolean
  readonly status?: V1Status
  readonly warnings?: readonly string[]
  /** A JSON Patch (RFC 6902) in base64. */
  readonly patch?: string
  readonly patchType?: 'JSONPatch'
}

export interface V1AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1'
  readonly kind: 'AdmissionReview'
  readonly request?: V1AdmissionRequest
  readonly response?: V1AdmissionResponse
}
