import { cut, type Item, part } from './list.ts'
import { complaint, type Issue } from './parsed.ts'
import { shown } from './quote.ts'
import type { GrammarSettings } from './settings.ts'
import { type OptionFault, type OptionField, upstreamOptions } from './upstream-options.ts'

/** The pieces of one upstream, each with its place, before they are checked one by one. */
export type UpstreamPieces = {
  readonly type: 'service' | 'prepared_query'
  readonly name: Item
  readonly port: Item
} & { readonly [field in 'namespace' | 'partition' | 'peer' | OptionField]?: Item }

/** An item cut into its pieces; without `pieces` it could not be. */
export interface UpstreamShape {
  readonly pieces?: UpstreamPieces
  readonly issues: readonly Issue[]
}

type Address = Pick<UpstreamPieces, 'name' | 'namespace' | 'partition' | 'peer' | 'datacenter'>

const LABELS = { ns: 'namespace', peer: 'peer', ap: 'partition', dc: 'datacenter' } as const
type Label = keyof typeof LABELS

const isScoped = ({ namespaces, partitions }: GrammarSettings): boolean => namespaces || partitions

/** The labels that may follow `svc`, in their order. */
const labelOrder = (settings: GrammarSettings): readonly (readonly Label[])[] =>
  isScoped(settings) ? [['ns'], ['peer', 'ap', 'dc']] : [['peer', 'dc']]

const structureHint = (item: Item, settings: GrammarSettings): string => {
  if (item.text === '') return 'remove the comma too many'
  if (!isScoped(settings) && /\.svc\..*\.(ns|ap)\b/.test(item.text)) {
    return 'the labels .ns and .ap need Consul Enterprise, with namespaces or partitions enabled'
  }
  const rest = isScoped(settings)
    ? '[.NAMESPACE.ns[.PEER.peer|.PARTITION.ap|.DATACENTER.dc]]'
    : '[.PEER.peer|.DATACENTER.dc]'
  return `write NAME:PORT, NAME:PORT:DATACENTER, NAME.svc${rest}:PORT or prepared_query:NAME:PORT`
}

/** `name.svc[.word.label]...`; nothing when a label is out of place. */
const labeledAddress = (service: Item, settings: GrammarSettings): Address | undefined => {
  const [name = service, , ...pieces] = cut(service, '.')
  const order = labelOrder(settings)
  const fields: { [field in (typeof LABELS)[Label]]?: Item } = {}
  for (let index = 0; index < pieces.length; index += 2) {
    const label = order[index / 2]?.find(allowed => allowed === pieces[index + 1]?.text)
    if (label === undefined) return undefined
    fields[LABELS[label]] = pieces[index] ?? service
  }
  return { name, ...fields }
}

/** `name[.namespace[.partition]]`; the whole is the name when neither namespaces nor partitions are enabled. */
const unlabeledAddress = (service: Item, settings: GrammarSettings): Address => {
  if (!isScoped(settings)) return { name: service }
  const [name = service, namespace, partition] = cut(service, '.', 3)
  return { name, ...(namespace && { namespace }), ...(partition && { partition }) }
}

const OPTIONS = /[=&]/

interface Extra {
  readonly fields: { readonly [field in OptionField]?: Item }
  readonly faults: readonly OptionFault[]
}

/** The third part: a bare word for `wordField`, options, or (`mixed`) a word, `?` and options. */
const readExtra = (extra: Item, wordField: 'datacenter' | 'destinationPort', mixed: boolean): Extra => {
  const mark = extra.text.indexOf('?')
  const split = mark === 0 || (mixed && mark > 0 && !OPTIONS.test(extra.text.slice(0, mark)))
  if (!split && !OPTIONS.test(extra.text))
    return { fields: extra.text === '' ? {} : { [wordField]: extra }, faults: [] }
  const { fields, faults } = upstreamOptions(split ? part(extra, mark + 1) : extra)
  const word = split && mark > 0 ? { [wordField]: part(extra, 0, mark) } : {}
  return { fields: { ...word, ...Object.fromEntries(fields) }, faults }
}

const faultIssue = ({ fault, name, item }: OptionFault, upstream: Item): Issue => {
  const { text } = upstream
  const rows: Record<OptionFault['fault'], readonly [message: string, hint: string]> = {
    unknown: [
      `unsupported upstream option "${shown(name)}" in "${shown(text)}"`,
      'the options are destination_port, local_bind_address, mesh_gateway_mode and datacenter',
    ],
    repeated: [`upstream option "${shown(name)}" is given twice in "${shown(text)}"`, 'give it once'],
    undecodable: [
      `upstream structured incorrectly: ${shown(text)}`,
      'a percent sign begins an escape of two hexadecimal digits',
    ],
  }
  return complaint(...rows[fault], item.start, item.end)
}

/** Cuts one upstream into its pieces, by the three forms of consul-k8s. */
export const upstreamShape = (item: Item, settings: GrammarSettings): UpstreamShape => {
  const malformed = (): UpstreamShape => {
    const text = item.text === '' ? 'the item is empty' : shown(item.text)
    const message = `upstream structured incorrectly: ${text}`
    return { issues: [complaint(message, structureHint(item, settings), item.start, item.end)] }
  }
  const [service = item, second, third] = cut(item, ':', 3)
  if (service.text === 'prepared_query') {
    if (second === undefined || third === undefined || second.text === '') return malformed()
    return { pieces: { type: 'prepared_query', name: second, port: third }, issues: [] }
  }
  if (second === undefined) return malformed()

  const labeled = service.text.split('.')[1] === 'svc'
  const address = labeled ? labeledAddress(service, settings) : unlabeledAddress(service, settings)
  if (address === undefined) return malformed()
  const extra = third ?? part(item, item.text.length)
  const { fields, faults } = readExtra(extra, labeled ? 'destinationPort' : 'datacenter', !labeled)
  if (address.datacenter && fields.datacenter && address.datacenter.text !== fields.datacenter.text) return malformed()
  return {
    pieces: { type: 'service', port: second, ...address, ...fields },
    issues: faults.map(fault => faultIssue(fault, item)),
  }
}
