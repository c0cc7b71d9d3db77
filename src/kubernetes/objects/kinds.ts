import { isRecord } from '../../decode/record.ts'
import type { Path } from './path.ts'

/** A kind of object that can hold user-data. */
export interface Kind {
  readonly group: string
  readonly kind: string
  /** Where `metadata` with annotations may stand. The first one gets the mark of an injection. */
  readonly metadata: readonly [Path, ...Path[]]
  /** Where the volumes stand; absent for a Secret. */
  readonly volumes?: Path
}

/** Every kind that is mutated. What a VM's instances carry is the metadata of its template. */
const KINDS: readonly Kind[] = [
  {
    group: 'kubevirt.io',
    kind: 'VirtualMachine',
    metadata: [['spec', 'template', 'metadata'], ['metadata']],
    volumes: ['spec', 'template', 'spec', 'volumes'],
  },
  { group: 'kubevirt.io', kind: 'VirtualMachineInstance', metadata: [['metadata']], volumes: ['spec', 'volumes'] },
  { group: '', kind: 'Secret', metadata: [['metadata']] },
]

/** The row of an object's kind, whatever its version; undefined when the tool has nothing to do with it. */
export function kindOf(object: unknown): Kind | undefined {
  const { apiVersion, kind } = isRecord(object) ? object : {}
  if (typeof apiVersion !== 'string') return undefined
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return KINDS.find(row => row.kind === kind && row.group === group)
}
