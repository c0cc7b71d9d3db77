import type { Annotation } from '../annotate/annotation.ts'
import type { Locality } from '../annotate/grammar/locality.ts'
import { NO_PORT } from '../annotate/grammar/service-ports.ts'
import type { CheckDefinition, Registration, ServiceDefinition, SidecarService, TaggedAddresses } from './mesh-plan.ts'
import { HOSTNAME, type Hole, INSTANCE_ID } from './node.ts'
import { exposedOf, exposesChecks, movedOutbound, readyPort, sidecarPort } from './ports.ts'
import { keyOf, type Reader } from './reader.ts'
import { tokenFileOf } from './token.ts'

const MANAGED_BY = 'consul-vm-inject'

/** A port of a service, and the name that it has where there are several: of its position in the annotation. */
interface ServicePort {
  readonly name: string
  readonly port: number
}

/** A service of the VM: its name, its place in the list, and the ports it has. */
export interface NamedService {
  readonly name: string
  readonly index: number
  readonly ports: readonly ServicePort[]
}

/** The services of connect-service, each with its port by position; one port serves all, one service may have several. */
export function servicesOf(reader: Reader): readonly NamedService[] {
  const names = reader.list<string>('connect-service')
  const given = reader.list<number>('connect-service-port').map((port, place) => ({ name: `port-${place + 1}`, port }))
  return names.map((name, index) => {
    const own = names.length === 1 || given.length === 1 ? given : given.slice(index, index + 1)
    return { name, index, ports: own.filter(({ port }) => port !== NO_PORT) }
  })
}

/** The port that counts when only one can: connect-service-default-port when it is one of them, else the first. */
export function mainPort({ ports }: NamedService, reader: Reader): number | undefined {
  const chosen = reader.read<number>('connect-service-default-port')
  return (ports.find(({ port }) => port === chosen) ?? ports[0])?.port
}

/** What stands for something that only the guest knows, when it is the whole value of a tag or of a meta entry. */
const STANDS_FOR: ReadonlyMap<string, Hole> = new Map([
  ['$POD_NAME', HOSTNAME],
  ['$HOSTNAME', HOSTNAME],
  ['$INSTANCE_ID', INSTANCE_ID],
])
const substitute = (value: string): string | Hole => STANDS_FOR.get(value) ?? value

const when = <T>(condition: boolean, part: T): T | undefined => (condition ? part : undefined)

/** Leaves out what is undefined. */
function present<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

/** The same, or nothing where nothing is left. */
function orNone<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T | undefined {
  const left = present<T>(object)
  return Object.keys(left).length > 0 ? left : undefined
}

const portsField = (service: NamedService, main: number | undefined): NonNullable<ServiceDefinition['ports']> =>
  // A port that is given twice is the default once.
  service.ports.map(({ name, port }, index, all) => ({
    name,
    port,
    default: port === main && all.findIndex(one => one.port === port) === index,
  }))

/** Several ports of one service are registered by Consul Enterprise only. */
const hasSeveralPorts = ({ ports }: NamedService, reader: Reader): boolean =>
  ports.length > 1 && reader.settings.enterprise

/** What is registered of a service as its meta: what is automatic, and over it what the operator gives. */
export function metaOf(service: NamedService, reader: Reader): ServiceDefinition['meta'] {
  const prefix = keyOf('service-meta-')
  const own = [...reader.annotations.values()]
    .filter(({ key }: Annotation) => key.startsWith(prefix) && key !== prefix)
    .map(({ key, value }) => [key.slice(prefix.length), substitute(value)] as const)
  const ports = hasSeveralPorts(service, reader)
    ? [
        ['ports', service.ports.map(({ name, port }) => `${name}:${port}`).join(',')] as const,
        ...service.ports.map(({ name, port }) => [`port-${name}`, String(port)] as const),
      ]
    : []
  return Object.fromEntries([['managed-by', MANAGED_BY], ...ports, ...own])
}

/** The checks of a service: those that were asked for, else TCP on its port. Asked-for checks are the first service's. */
function checksOf({ name, index }: NamedService, port: number | undefined, reader: Reader): readonly CheckDefinition[] {
  const timing = present<Pick<CheckDefinition, 'interval' | 'timeout'>>({
    interval: reader.text('alpha:health-check-interval'),
    timeout: reader.text('alpha:health-check-timeout'),
  })
  const asked = (['http', 'tcp', 'grpc'] as const).flatMap(kind => {
    const target = index === 0 ? reader.given(`alpha:health-check-${kind}`)?.value : undefined
    const label = { http: 'HTTP', tcp: 'TCP', grpc: 'gRPC' }[kind]
    return target === undefined ? [] : [{ name: `${name} ${label}`, [kind]: target, ...timing }]
  })
  if (asked.length > 0) return asked
  if (port === undefined || !reader.on('alpha:health-check')) return []
  return [{ name: `${name} TCP`, tcp: `127.0.0.1:${port}`, ...timing }]
}

function configOf(reader: Reader): Record<string, unknown> {
  const config = reader.read<Record<string, unknown>>('proxy-config-map') ?? {}
  if (!reader.on('enable-metrics')) return config
  const any = reader.on('dual-stack') ? '[::]' : '0.0.0.0'
  return { ...config, envoy_prometheus_bind_addr: `${any}:${reader.read<number>('prometheus-scrape-port')}` }
}

function sidecarOf(service: NamedService, virtual: TaggedAddresses | undefined, reader: Reader): SidecarService {
  const { name, index } = service
  const transparent = reader.on('transparent-proxy')
  const upstreams = index === 0 ? reader.list<object>('connect-service-upstreams') : []
  const config = configOf(reader)
  const [paths, outbound] = [exposedOf(index, reader), movedOutbound(reader)]
  const ready: CheckDefinition = {
    name: 'Envoy Ready',
    http: `http://127.0.0.1:${readyPort(index, reader)}/ready`,
    interval: '10s',
    timeout: '2s',
  }
  const alias: CheckDefinition = { name: `Connect Sidecar Aliasing ${name}`, alias_service: name }
  return present<SidecarService>({
    port: sidecarPort(index, reader),
    tagged_addresses: virtual,
    checks: when(reader.on('use-proxy-health-check'), [ready, alias]),
    proxy: present<SidecarService['proxy']>({
      mode: transparent ? 'transparent' : 'direct',
      upstreams: when(upstreams.length > 0, upstreams),
      config: when(Object.keys(config).length > 0, config),
      expose: orNone({
        checks: when(index === 0 && exposesChecks(reader), true as const),
        paths: when(paths.length > 0, paths),
      }),
      transparent_proxy: orNone({
        dialed_directly: when(reader.on('alpha:dialed-directly'), true as const),
        outbound_listener_port: outbound,
      }),
    }),
  })
}

function definitionOf(service: NamedService, reader: Reader): ServiceDefinition {
  const port = mainPort(service, reader)
  const several = hasSeveralPorts(service, reader)
  const tags = reader.list<string>('service-tags').map(substitute)
  const passing = reader.read<number>('service-weight')
  const address = reader.given('alpha:virtual-ip')?.value
  const virtual: TaggedAddresses | undefined =
    address !== undefined && port !== undefined && reader.on('transparent-proxy')
      ? { virtual: { address, port } }
      : undefined
  const checks = checksOf(service, port, reader)
  return present<ServiceDefinition>({
    name: service.name,
    port: several ? undefined : port,
    ports: when(several, portsField(service, port)),
    tags: when(tags.length > 0, tags),
    meta: metaOf(service, reader),
    weights: passing === undefined ? undefined : { passing },
    namespace: reader.given('consul-namespace')?.value,
    locality: when(reader.settings.enterprise, reader.read<Locality>('alpha:locality')),
    token_file: tokenFileOf(service, reader),
    tagged_addresses: virtual,
    checks: when(checks.length > 0, checks),
    connect: { sidecar_service: sidecarOf(service, virtual, reader) },
  })
}

/** The registration of all services of the VM, as `/etc/consul.d/service-registration.json` holds it. */
export function registrationOf(reader: Reader): Registration {
  const [first, ...more] = servicesOf(reader).map(service => definitionOf(service, reader))
  if (first === undefined) return { services: [] }
  return more.length === 0 ? { service: first } : { services: [first, ...more] }
}
