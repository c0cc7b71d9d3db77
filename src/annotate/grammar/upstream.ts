import { ipAddress, ipHint } from './ip-address.ts'
import { type Item, within } from './list.ts'
import { port } from './number.ts'
import { controlCharacters } from './one-line.ts'
import { complaint, type Issue } from './parsed.ts'
import { quote, shown } from './quote.ts'
import type { GrammarSettings } from './settings.ts'
import { type UpstreamPieces, upstreamShape } from './upstream-shape.ts'

/** An upstream as the agent's proxy definition spells it; fields that are not set are absent. In this order in the output. */
export interface Upstream {
  readonly destination_type: 'service' | 'prepared_query'
  readonly destination_name: string
  /** 1-65535. */
  readonly local_bind_port: number
  readonly destination_namespace?: string
  readonly destination_partition?: string
  readonly destination_peer?: string
  readonly datacenter?: string
  /** The name of one of the destination's ports (Enterprise). */
  readonly destination_port?: string
  /** An IP address; absent means 127.0.0.1. */
  readonly local_bind_address?: string
  readonly mesh_gateway?: { readonly mode: MeshGatewayMode }
}

export type MeshGatewayMode = 'none' | 'local' | 'remote'

/** An upstream and where it stands in the list. */
export interface LocatedUpstream extends Item {
  readonly upstream: Upstream
}

export interface ReadUpstream {
  readonly located?: LocatedUpstream
  readonly issues: readonly Issue[]
  readonly warnings: readonly Issue[]
}

const MODES: readonly MeshGatewayMode[] = ['none', 'local', 'remote']

/** The pieces that are names, and what a message calls them. */
const NAMES = [
  ['name', 'service name'],
  ['namespace', 'namespace'],
  ['partition', 'partition'],
  ['peer', 'peer'],
  ['datacenter', 'datacenter'],
  ['destinationPort', 'destination port'],
] as const

const nameIssues = (pieces: UpstreamPieces, item: Item): readonly Issue[] =>
  NAMES.flatMap(([field, called]) => {
    const { text = '', start = 0, end = 0 } = pieces[field] ?? {}
    const inItem = `in "${shown(item.text)}"`
    if (pieces[field] === undefined) return []
    if (text === '') return [complaint(`the ${called} is empty ${inItem}`, `write the ${called}`, start, end)]
    if (text === '*') return [complaint(`the ${called} is a wildcard ${inItem}`, `name one ${called}`, start, end)]
    const odd = /[^A-Za-z0-9._-]/u.exec(text)?.[0]
    if (odd === undefined) return []
    const hint = 'names are letters, digits, dots, hyphens and underscores'
    return [complaint(`the ${called} ${quote(text)} holds ${quote(odd)} ${inItem}`, hint, start, end)]
  })

/** The checks that are not of names. Wording as consul-k8s where it has one. */
const pieceIssues = (pieces: UpstreamPieces, item: Item, settings: GrammarSettings): readonly Issue[] => {
  const issues: Issue[] = []
  const complain = ({ start, end }: Item, message: string, hint?: string): void => {
    issues.push(complaint(`${message} in "${shown(item.text)}"`, hint, start, end))
  }
  const { peer, datacenter, destinationPort, bindAddress, mode } = pieces
  const number = port(pieces.port.text)
  if (!number.ok)
    complain(pieces.port, `invalid upstream local bind port "${shown(pieces.port.text)}"`, number.issues[0]?.hint)
  if (mode !== undefined && !MODES.some(known => known === mode.text)) {
    complain(mode, `invalid upstream mesh gateway mode "${shown(mode.text)}"`, 'write none, local or remote')
  }
  if (bindAddress !== undefined && ipAddress(bindAddress.text) === undefined) {
    complain(
      bindAddress,
      `the local bind address ${quote(bindAddress.text)} is not an IP address`,
      ipHint(bindAddress.text),
    )
  }
  if (peer !== undefined && datacenter !== undefined) {
    complain(
      datacenter,
      'a peer and a datacenter are given together',
      'a peer has no other datacenter: name one of the two',
    )
  }
  if (destinationPort !== undefined && !settings.enterprise) {
    complain(
      destinationPort,
      'a destination port is given',
      'choosing a port of the destination needs Consul Enterprise',
    )
  }
  return issues
}

const doubts = ({ partition, datacenter }: UpstreamPieces, item: Item): readonly Issue[] => {
  if (partition === undefined || datacenter === undefined || partition.text === 'default') return []
  const message = `a partition and a datacenter are given together in "${shown(item.text)}"`
  return [
    {
      ...complaint(
        message,
        'agents refuse another datacenter for a partition other than default',
        partition.start,
        datacenter.end,
      ),
      code: 'W321',
    },
  ]
}

const built = (pieces: UpstreamPieces): Upstream => {
  const number = port(pieces.port.text)
  const mode = MODES.find(known => known === pieces.mode?.text)
  return {
    destination_type: pieces.type,
    destination_name: pieces.name.text,
    local_bind_port: number.ok ? number.value : 0,
    ...(pieces.namespace && { destination_namespace: pieces.namespace.text }),
    ...(pieces.partition && { destination_partition: pieces.partition.text }),
    ...(pieces.peer && { destination_peer: pieces.peer.text }),
    ...(pieces.datacenter && { datacenter: pieces.datacenter.text }),
    ...(pieces.destinationPort && { destination_port: pieces.destinationPort.text }),
    ...(pieces.bindAddress && { local_bind_address: pieces.bindAddress.text }),
    ...(mode && { mesh_gateway: { mode } }),
  }
}

/** Reads one item of the list. `located` only when there is no complaint. */
export const readUpstream = (item: Item, settings: GrammarSettings): ReadUpstream => {
  const inside = controlCharacters(item.text).map(issue => ({
    ...within(issue, item),
    hint: 'a line break or tab may stand between upstreams only, beside the comma',
  }))
  if (inside.length > 0) return { issues: inside, warnings: [] }
  const { pieces, issues: shapeIssues } = upstreamShape(item, settings)
  if (pieces === undefined) return { issues: shapeIssues, warnings: [] }
  const issues = [...shapeIssues, ...nameIssues(pieces, item), ...pieceIssues(pieces, item, settings)]
  const warnings = doubts(pieces, item)
  return issues.length > 0 ? { issues, warnings } : { located: { ...item, upstream: built(pieces) }, issues, warnings }
}
