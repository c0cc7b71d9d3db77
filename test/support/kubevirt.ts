import { type MutateOptions, mutate } from '../../src/index.ts'
import type { JsonPatchOperation } from '../../src/kubernetes/objects/edit.ts'
import type { V1AdmissionResponse } from '../../src/kubernetes/types.ts'
import { patched } from './json-patch.ts'
import type {
  V1CloudInitSource,
  V1ObjectMeta,
  V1Secret,
  V1VirtualMachine,
  V1VirtualMachineInstance,
} from './kubevirt-types.ts'

export const P: string = 'consul.hashicorp.com/'
export const MARK: string = `${P}connect-inject-status`
export const ASKED: Readonly<Record<string, string>> = {
  [`${P}connect-inject`]: 'true',
  [`${P}connect-service`]: 'web',
}
export const PLAIN: string = '#cloud-config\npackages: [nginx]\n'

export const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')

const withNotes = (annotations: Readonly<Record<string, string>> | undefined): V1ObjectMeta =>
  annotations === undefined ? {} : { annotations }

/** A VM with a disk and a cloud-init volume, annotated in its template. */
export const vm = (
  source: V1CloudInitSource,
  annotations?: Readonly<Record<string, string>>,
  own?: Readonly<Record<string, string>>,
  name: 'cloudInitNoCloud' | 'cloudInitConfigDrive' = 'cloudInitNoCloud',
): V1VirtualMachine => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  metadata: { name: 'web', ...withNotes(own) },
  spec: {
    template: {
      metadata: { labels: { app: 'web' }, ...withNotes(annotations) },
      spec: { volumes: [{ name: 'disk' }, { name: 'cloudinit', [name]: source }] },
    },
  },
})

export const vmi = (
  source: V1CloudInitSource,
  annotations?: Readonly<Record<string, string>>,
  metadata: V1ObjectMeta = {},
): V1VirtualMachineInstance => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'web', ...metadata, ...withNotes(annotations) },
  spec: { volumes: [{ name: 'cloudinit', cloudInitNoCloud: source }] },
})

export const secret = (
  values: Pick<V1Secret, 'data' | 'stringData'>,
  annotations?: Readonly<Record<string, string>>,
): V1Secret => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', ...withNotes(annotations) }, ...values })

export const review = (object: unknown, request: Readonly<Record<string, unknown>> = {}): unknown => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'a-uid', operation: 'CREATE', object, ...request },
})

/** Room for an injection inside a VM: KubeVirt itself has not as much. */
export const ROOMY: MutateOptions = { profile: 'prebuilt', inlineLimit: 1 << 20 }

export function answerTo(asked: unknown, options: MutateOptions = ROOMY): V1AdmissionResponse {
  const { response } = mutate(asked, options)
  if (response === undefined) throw new Error('there is no response')
  return response
}

export const operationsIn = ({ patch }: V1AdmissionResponse): readonly JsonPatchOperation[] =>
  patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString('utf8'))

/** The object as it is stored after an admission; throws when it was refused. */
export function admitted<T>(
  object: T,
  options: MutateOptions = ROOMY,
  request: Readonly<Record<string, unknown>> = {},
): T {
  const answer = answerTo(review(object, request), options)
  if (!answer.allowed) throw new Error(answer.status?.message)
  return patched(object, operationsIn(answer)) as T
}
