/** Objects as tests write them, named as in `@kubernetes/client-node`; those of KubeVirt are named alike. */

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
