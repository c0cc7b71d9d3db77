import { isOurKey } from '../../annotate/annotation.ts'
import { isRecord } from '../../decode/record.ts'
import { type Diagnostic, diagnostic } from '../../report/diagnostics.ts'
import type { ObjectChange } from '../objects/inject.ts'
import { groupOf, type Kind } from '../objects/kinds.ts'
import type { Locator } from '../objects/locator.ts'
import { valueAt } from '../objects/path.ts'
import { unreachable } from '../objects/reach.ts'
import { INLINE_LIMIT, userDataField } from '../objects/user-data.ts'

const REPLACED = 'inject the user-data by itself, and put what comes out in its place'
/** An annotation inside user-data that a field holds. */
const INSIDE = /^[ \t]*(?:#[# \t]*)?["']?(?:alpha\.)?consul\.hashicorp\.com\/[^\s:"']+["']?[ \t]*:/m

/** Groups of kinds that are about VMs, and what to do with an annotated object of them. The core and the apps are for Pods. */
const UNREAD: readonly (readonly [group: RegExp, hint: string])[] = [
  [/^template\.openshift\.io$/, 'process it first: oc process -f FILE | consul-vm-inject | oc apply -f -'],
  [/^template\.kubevirt\.io$/, 'process it first, and inject the VirtualMachine that comes of it'],
  [
    /^instancetype\.kubevirt\.io$/,
    'annotate the VirtualMachine; instances of this one are injected by the webhook alone',
  ],
  [/(?:^|\.)cluster\.x-k8s\.io$/, REPLACED],
  [/^karpenter\.(?:k8s\.aws|azure\.com|sh)$/, REPLACED],
  [/^kubevirt\.io$/, 'annotate the VirtualMachine, or the Secret with its user-data'],
]

/** Whether a key somewhere inside is an annotation of the tool's, or a text holds one. */
function hasAnnotation(value: unknown): boolean {
  if (typeof value === 'string') return INSIDE.test(value)
  if (Array.isArray(value)) return value.some(hasAnnotation)
  return isRecord(value) && Object.entries(value).some(([key, inner]) => isOurKey(key) || hasAnnotation(inner))
}

/** An annotated object about VMs of a kind that the tool does not change. */
export function unreadObject(data: unknown, { field }: Locator): readonly Diagnostic[] {
  const group = groupOf(data)
  const hint = UNREAD.find(([groups]) => group !== undefined && groups.test(group))?.[1]
  if (hint === undefined || !hasAnnotation(data)) return []
  const kind = valueAt(data, ['kind'])
  const message = `annotations of ${typeof kind === 'string' ? `a ${kind}` : 'this object'} inject nothing here`
  return [diagnostic('W605', message, { span: field(['kind']), hint })]
}

/** An object of a manifest with what becomes of it. */
export interface Member {
  readonly data: unknown
  readonly kind: Kind
  readonly locator: Locator
  readonly change: ObjectChange
}

const nameOf = (data: unknown): string =>
  JSON.stringify(['namespace', 'name'].map(key => valueAt(data, ['metadata', key])))

/** What keeps others from reaching VMs whose user-data is in a Secret of the same manifest, which is injected: only there it is seen. */
export function throughSecrets(members: readonly Member[]): readonly Diagnostic[] {
  const secrets = new Map(
    members.flatMap(({ data, kind, change: { judgement } }) =>
      kind.instance === undefined && judgement !== undefined ? [[nameOf(data), judgement] as const] : [],
    ),
  )
  return members.flatMap(({ data, kind, locator, change }) => {
    const field = userDataField(data, kind, INLINE_LIMIT)
    if (field.at !== 'secret' || change.judgement !== undefined) return []
    const namespace = valueAt(data, ['metadata', 'namespace'])
    const secret = secrets.get(nameOf({ metadata: { namespace, name: field.name } }))
    return secret === undefined ? [] : unreachable(data, kind, secret, locator)
  })
}
