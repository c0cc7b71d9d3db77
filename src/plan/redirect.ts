import type { Cidr } from '../annotate/grammar/cidrs.ts'
import type { PortRange } from '../annotate/grammar/port-ranges.ts'
import type { User } from '../annotate/grammar/uids.ts'
import { addressesOf } from './addresses.ts'
import { captureOf, isClosed } from './failure.ts'
import type { PlanNode } from './node.ts'
import { namespaceArgument, type Reader } from './reader.ts'
import type { NamedService } from './registration.ts'

/** What a VM needs left alone that a pod does not: the switch, and what it excludes. */
export const AUTOMATIC: readonly {
  readonly name: string
  readonly flag: '-exclude-inbound-port' | '-exclude-outbound-cidr'
  /** By the name of the platform, where one is named. */
  values(platform?: string): readonly string[]
  readonly what: string
  /** What else it excludes, that only the guest knows. */
  readonly hole?: PlanNode
}[] = [
  {
    name: 'alpha:transparent-proxy-exclude-ssh',
    flag: '-exclude-inbound-port',
    values: () => ['22'],
    what: 'SSH',
    hole: { hole: 'ssh-ports', prefix: '-exclude-inbound-port=' },
  },
  {
    name: 'alpha:transparent-proxy-exclude-serf',
    flag: '-exclude-inbound-port',
    values: () => ['8301'],
    what: 'gossip',
  },
  {
    name: 'alpha:transparent-proxy-exclude-metadata',
    flag: '-exclude-outbound-cidr',
    values: platform => addressesOf('metadata', platform),
    what: 'instance metadata',
  },
  {
    name: 'alpha:transparent-proxy-exclude-platform',
    flag: '-exclude-outbound-cidr',
    values: platform => addressesOf('services', platform),
    what: 'services of the platform',
  },
]

const automatic = (reader: Reader, flag: string): readonly PlanNode[] =>
  AUTOMATIC.filter(row => row.flag === flag && reader.on(row.name)).flatMap(({ values, hole }) => [
    ...values(reader.platform).map(value => `${flag}=${value}`),
    ...(hole === undefined ? [] : [hole]),
  ])

const uidOf = ({ text, name }: User): PlanNode =>
  name === undefined ? `-exclude-uid=${text}` : { hole: 'uid', user: name, prefix: '-exclude-uid=' }

/** Arguments of `consul connect redirect-traffic`, each once, but for the users that its wrapper looks up. Empty when direct. */
export function redirectOf(service: NamedService, reader: Reader): readonly PlanNode[] {
  if (!reader.on('transparent-proxy')) return []
  const excluded = (flag: string, key: string): readonly string[] =>
    reader.list<PortRange | Cidr>(`transparent-proxy-exclude-${key}`).map(({ text }) => `${flag}=${text}`)
  const all: readonly PlanNode[] = [
    ...(isClosed(reader) ? captureOf(service, reader) : [`-proxy-id=${service.name}-sidecar-proxy`]),
    ...automatic(reader, '-exclude-inbound-port'),
    ...excluded('-exclude-inbound-port', 'inbound-ports'),
    ...excluded('-exclude-outbound-port', 'outbound-ports'),
    ...automatic(reader, '-exclude-outbound-cidr'),
    ...excluded('-exclude-outbound-cidr', 'outbound-cidrs'),
    ...reader.list<User>('transparent-proxy-exclude-uids').map(uidOf),
    ...namespaceArgument(reader),
  ]
  return [...new Map(all.map(node => [typeof node === 'string' ? node : JSON.stringify(node), node])).values()]
}
