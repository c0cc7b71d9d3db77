/**
 * The few shapes of the Kubernetes API that the tool reads and writes, named as in `@kubernetes/client-node`; those of KubeVirt
 * are named alike. What comes over the wire is `unknown` until it has been looked at.
 */

/** `metadata` of any object, as far as the tool reads it. */
export interface V1ObjectMeta {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Set on an object that is being deleted. */
  readonly deletionTimestamp?: string
  readonly ownerReferences?: readonly V1OwnerReference[]
}

export interface V1OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export interface V1LocalObjectReference {
  readonly name?: string
}

/** A Secret. KubeVirt reads user-data from the key `userdata`, else from `userData`. */
export interface V1Secret {
  readonly apiVersion?: 'v1'
  readonly kind?: 'Secret'
  readonly metadata?: V1ObjectMeta
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>
  /** Values as text; each outranks the one of the same key in `data`. */
  readonly stringData?: Readonly<Record<string, string>>
  readonly type?: string
}

/** `cloudInitNoCloud` or `cloudInitConfigDrive` of a volume. Of the three places for user-data KubeVirt takes exactly one. */
export interface V1CloudInitSource {
  readonly userData?: string
  readonly userDataBase64?: string
  /** The field that KubeVirt's messages call `UserDataSecretRef`. */
  readonly secretRef?: V1LocalObjectReference
}

export interface V1Volume {
  readonly name: string
  readonly cloudInitNoCloud?: V1CloudInitSource
  readonly cloudInitConfigDrive?: V1CloudInitSource
}

export interface V1VirtualMachineInstanceSpec {
  readonly volumes?: readonly V1Volume[]
}

/** A running VM of KubeVirt. */
export interface V1VirtualMachineInstance {
  readonly apiVersion?: string
  readonly kind?: 'VirtualMachineInstance'
  readonly metadata?: V1ObjectMeta
  readonly spec: V1VirtualMachineInstanceSpec
}

/** A VM of KubeVirt: what its instances are made from. */
export interface V1VirtualMachine {
  readonly apiVersion?: string
  readonly kind?: 'VirtualMachine'
  readonly metadata?: V1ObjectMeta
  readonly spec: {
    readonly template: { readonly metadata?: V1ObjectMeta; readonly spec: V1VirtualMachineInstanceSpec }
  }
}

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
