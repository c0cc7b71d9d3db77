import { isRecord } from '../../decode/record.ts'
import type { Path } from './path.ts'

/** A kind of object that can hold user-data. */
export interface Kind {
  readonly group: string
  readonly kind: string
  /** Where `metadata` with annotations may stand. The first one gets the mark of an injection. */
  readonly metadata: readonly [Path, ...Path[]]
  /** Where the spec of an instance stands, with its volumes and interfaces; absent for a Secret. */
  readonly instance?: Path
  /** The kinds from whose template KubeVirt makes objects of this one. */
  readonly madeBy?: readonly string[]
}

const TEMPLATE = ['spec', 'template'] as const
const POOL_TEMPLATE = ['spec', 'virtualMachineTemplate'] as const

/**
 * Every kind that is mutated. What an instance carries is the metadata of the innermost template; those of an object itself stay
 * with it.
 */
const KINDS: readonly Kind[] = [
  {
    group: 'kubevirt.io',
    kind: 'VirtualMachine',
    metadata: [[...TEMPLATE, 'metadata'], ['metadata']],
    instance: [...TEMPLATE, 'spec'],
    madeBy: ['VirtualMachinePool'],
  },
  {
    group: 'kubevirt.io',
    kind: 'VirtualMachineInstance',
    metadata: [['metadata']],
    instance: ['spec'],
    madeBy: ['VirtualMachine', 'VirtualMachineInstanceReplicaSet'],
  },
  {
    group: 'kubevirt.io',
    kind: 'VirtualMachineInstanceReplicaSet',
    metadata: [[...TEMPLATE, 'metadata'], ['metadata']],
    instance: [...TEMPLATE, 'spec'],
  },
  {
    group: 'pool.kubevirt.io',
    kind: 'VirtualMachinePool',
    metadata: [[...POOL_TEMPLATE, ...TEMPLATE, 'metadata'], [...POOL_TEMPLATE, 'metadata'], ['metadata']],
    instance: [...POOL_TEMPLATE, ...TEMPLATE, 'spec'],
  },
  { group: '', kind: 'Secret', metadata: [['metadata']] },
]

/** The API group of an object, empty for the core; undefined when it has no version. */
export function groupOf(object: unknown): string | undefined {
  const { apiVersion } = isRecord(object) ? object : {}
  if (typeof apiVersion !== 'string') return undefined
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** The row of an object's kind, whatever its version; undefined when the tool has nothing to do with it. */
export function kindOf(object: unknown): Kind | undefined {
  const { kind } = isRecord(object) ? object : {}
  const group = groupOf(object)
  return KINDS.find(row => row.kind === kind && row.group === group)
}
