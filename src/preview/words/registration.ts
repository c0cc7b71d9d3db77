import type { CheckDefinition, ServiceDefinition, SidecarService, TaggedAddresses } from '../../plan/mesh-plan.ts'
import { shownNode } from '../../plan/node.ts'
import { type Draft, draft, listed } from './draft.ts'

const SIDECAR = 'service.connect.sidecar_service'

function portsOf({ port, ports = [] }: ServiceDefinition): string {
  if (ports.length > 0) return ` on ports ${listed(ports.map(one => `${one.port} (${one.name})`))}`
  return port === undefined ? ', without a port' : ` on port ${port}`
}

/** How one check is made. */
function checkWords({ http, tcp, grpc, interval, timeout, alias_service: alias }: CheckDefinition): string {
  if (alias !== undefined) return `is as well as ${alias}`
  const kind = http === undefined ? (tcp === undefined ? 'gRPC' : 'TCP') : 'HTTP'
  const often = interval === undefined ? '' : ` every ${interval}`
  const most = timeout === undefined ? '' : `, failed after ${timeout}`
  return `checked by ${kind} at ${http ?? tcp ?? grpc ?? ''}${often}${most}`
}

const virtualOf = ({ virtual: { address, port } }: TaggedAddresses): string =>
  `others reach it at ${address}:${port} (virtual)`

function sidecarDrafts(
  { port, checks = [], proxy: { expose, transparent_proxy: transparent } }: SidecarService,
  at: string,
): readonly Draft[] {
  const here = `${at} ${SIDECAR}`
  return [
    draft(`its sidecar on port ${port}`, `${here}.port`),
    ...checks.map((check, index) => draft(`the sidecar ${checkWords(check)}`, `${here}.checks[${index}]`)),
    ...(expose === undefined ? [] : [draft('the agent’s checks go by way of Envoy', `${here}.proxy.expose`)]),
    ...(transparent?.dialed_directly === true
      ? [draft('others may dial this very instance', `${here}.proxy.transparent_proxy`)]
      : []),
  ]
}

/** What is registered, in words. `at` is what its facts begin with. */
export function registrationDrafts(service: ServiceDefinition, at: string): readonly Draft[] {
  const { name, tags = [], meta, weights, checks = [], namespace, token_file: token } = service
  const field = (path: string): string => `${at} service.${path}`
  return [
    draft(`service ${name}${portsOf(service)}`, field('name'), field('port'), field('ports')),
    ...(namespace === undefined ? [] : [draft(`in the namespace ${namespace}`, field('namespace'))]),
    ...(tags.length === 0 ? [] : [draft(`tagged ${listed(tags.flatMap(shownNode))}`, field('tags'))]),
    ...Object.entries(meta).map(([key, value]) =>
      draft(`meta ${key} is ${listed(shownNode(value))}`, field(`meta.${key}`)),
    ),
    ...(weights === undefined ? [] : [draft(`weight ${weights.passing} among its instances`, field('weights'))]),
    ...(token === undefined ? [] : [draft(`by the ACL token in ${token}`, field('token_file'))]),
    ...checks.map((check, index) => draft(checkWords(check), field(`checks[${index}]`))),
    ...(service.tagged_addresses === undefined
      ? []
      : [draft(virtualOf(service.tagged_addresses), field('tagged_addresses'), `${at} ${SIDECAR}.tagged_addresses`)]),
    ...sidecarDrafts(service.connect.sidecar_service, at),
  ]
}
