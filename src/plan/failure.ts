import type { JsonObject } from '../annotate/grammar/json.ts'
import { JsonNumber } from '../annotate/grammar/json-number.ts'
import type { PlanNode } from './node.ts'
import { EXPOSED_CHECKS, exposedOf, movedOutbound, sidecarPort } from './ports.ts'
import type { Reader } from './reader.ts'
import type { NamedService } from './registration.ts'

/** Whether traffic stays captured while Envoy is away, instead of going on without the mesh. */
export const isClosed = (reader: Reader): boolean => reader.read<string>('alpha:on-sidecar-failure') === 'closed'

/** The port that ends a value of `proxy-config-map`: a number, its text, or an address with a port. */
function portIn(config: JsonObject, key: string): string | undefined {
  const value = config[key]
  const text = value instanceof JsonNumber ? value.text : value
  return typeof text === 'string' ? /(?:^|:)([1-9][0-9]{0,4})$/.exec(text)?.[1] : undefined
}

/**
 * Arguments of `consul connect redirect-traffic` that take the agent's place: what it would read from the registered sidecar. So the
 * rules can be there before the agent is, and need not be touched when it comes.
 */
export function captureOf({ index }: NamedService, reader: Reader): readonly string[] {
  const config = reader.read<JsonObject>('proxy-config-map') ?? {}
  const metrics = reader.on('enable-metrics')
    ? String(reader.read<number>('prometheus-scrape-port'))
    : portIn(config, 'envoy_prometheus_bind_addr')
  const [outbound, paths] = [movedOutbound(reader), exposedOf(index, reader).map(path => String(path.listener_port))]
  const exposed = reader.on('transparent-proxy-overwrite-probes') ? EXPOSED_CHECKS : undefined
  return [
    `-proxy-inbound-port=${portIn(config, 'bind_port') ?? sidecarPort(index, reader)}`,
    ...(outbound === undefined ? [] : [`-proxy-outbound-port=${outbound}`]),
    ...[metrics, portIn(config, 'envoy_stats_bind_addr'), exposed, ...paths].flatMap(port =>
      port === undefined ? [] : [`-exclude-inbound-port=${port}`],
    ),
  ]
}

/** Has the rules of a closed sidecar in place. It waits for nothing; what fails is told, and done again before Envoy starts. */
export const holdOf = ({ name }: NamedService): string => `/usr/local/bin/consul-hold-traffic ${name}`

/**
 * The application's unit starts only beside its sidecars, and is stopped and restarted with them; the sidecar's own unit starts it. A
 * condition, no requirement: a start that comes too early is put off and does not fail.
 */
const gateOf = (services: readonly NamedService[]): readonly PlanNode[] => [
  '[Unit]',
  ...services.map(({ name }) => `PartOf=envoy@${name}.service`),
  ...services.map(({ name }) => `ConditionPathExists=/run/consul-vm-inject/${name}.up`),
]

const INIT = 'consul-sidecar-init.service'

/** Parts of units that outlive the boot, so that the next one is in order from its start. */
export function unitsOf(
  services: readonly NamedService[],
  reader: Reader,
): Readonly<Record<string, readonly PlanNode[]>> {
  const application = reader.given('alpha:app-unit')?.value
  const closed = isClosed(reader)
  // The agent finds the registration when it starts at boot.
  const later = [reader.given('alpha:agent-unit')?.value, application].filter(unit => unit !== undefined)
  const init = [
    ...(later.length === 0 ? [] : ['[Unit]', ...later.map(unit => `Before=${unit}`)]),
    ...(closed && reader.on('transparent-proxy')
      ? ['[Service]', ...services.map(service => `ExecStartPost=-${holdOf(service)}`)]
      : []),
  ]
  return {
    ...(init.length > 0 && { [INIT]: init }),
    ...(closed && application !== undefined && { [application]: gateOf(services) }),
  }
}
