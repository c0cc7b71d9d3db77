import { cut, type Item, part, trim } from './list.ts'

/** What an option of an upstream may set. */
export type OptionField = 'destinationPort' | 'bindAddress' | 'mode' | 'datacenter'

/** The options of consul-k8s 2.0.0 under all their names. */
const FIELDS: ReadonlyMap<string, OptionField> = new Map([
  ...['destination_port', 'destination-port', 'destinationPort', 'port'].map(
    name => [name, 'destinationPort'] as const,
  ),
  ...['local_bind_address', 'local-bind-address', 'localBindAddress'].map(name => [name, 'bindAddress'] as const),
  ...['mesh_gateway_mode', 'mesh-gateway-mode', 'meshGatewayMode'].map(name => [name, 'mode'] as const),
  ...['datacenter', 'dc'].map(name => [name, 'datacenter'] as const),
])

/** An option that is none, one given twice, and one whose percent-encoding is broken. */
export interface OptionFault {
  readonly fault: 'unknown' | 'repeated' | 'undecodable'
  readonly name: string
  readonly item: Item
}

export interface UpstreamOptions {
  readonly fields: ReadonlyMap<OptionField, Item>
  readonly faults: readonly OptionFault[]
}

/** The query-string decoding of Go's net/url: `+` is a space; nothing when an escape is broken or the bytes are not UTF-8. */
const decoded = (text: string): string | undefined => {
  try {
    return trim(decodeURIComponent(text.replaceAll('+', '%20')))
  } catch {
    return undefined
  }
}

/**
 * Reads `name=value` pairs parted by `&` or `;`. An option with an empty value is skipped, whatever its name, as upstream does; an
 * unknown word, or one option under two of its names, is a fault. The items of `fields` hold decoded text and the place of the value.
 */
export const upstreamOptions = (item: Item): UpstreamOptions => {
  const fields = new Map<OptionField, Item>()
  const faults: OptionFault[] = []
  const pairs = cut(item, '&').flatMap(pair => cut(pair, ';'))
  for (const pair of pairs.filter(({ text }) => text !== '')) {
    const at = pair.text.indexOf('=')
    const name = decoded(at < 0 ? pair.text : pair.text.slice(0, at))
    const place = at < 0 ? part(pair, pair.text.length) : part(pair, at + 1)
    const text = decoded(place.text)
    const field = FIELDS.get(name ?? '')
    if (name === undefined || text === undefined) faults.push({ fault: 'undecodable', name: pair.text, item: pair })
    else if (text === '' && (at >= 0 || field !== undefined)) continue
    else if (field === undefined) faults.push({ fault: 'unknown', name, item: pair })
    else if (fields.has(field)) faults.push({ fault: 'repeated', name, item: pair })
    else fields.set(field, { ...place, text })
  }
  return { fields, faults }
}
