import { ceiling } from '../annotate/grammar/quantity.ts'
import type { Upstream } from '../annotate/grammar/upstream.ts'
import { credentialsOf, environmentOf } from './credentials.ts'
import { adminOf, envoyOf } from './envoy.ts'
import { holdOf, isClosed } from './failure.ts'
import type { GuestPlan } from './mesh-plan.ts'
import { type PlanNode, PYTHON, shownNodes } from './node.ts'
import { exposedOf, ownPortsOf } from './ports.ts'
import type { Reader } from './reader.ts'
import type { NamedService } from './registration.ts'
import { continued, unitWord } from './systemd.ts'
import { tokenFileOf, tokenUnitOf } from './token.ts'

const GENERATOR = '/srv/consul/generate-sidecar-configs.py'
const PROBE = '/srv/consul/probe-sidecar.py'

/** Before a command that runs as root. systemd before 231 does not know it; there all commands but Envoy's do. */
const PRIVILEGED: PlanNode = { hole: 'systemd', from: 231, then: ['+'] }

/** A directive that runs a command of a guest file. Words are numbers, addresses and names: they need no quotes. */
const helper = (directive: string, program: string, ...words: readonly (string | number)[]): PlanNode => [
  directive,
  PYTHON,
  ` ${program} ${words.join(' ')}`,
]

/** `ExecStart` of Envoy, a word a line. */
function startOf(service: NamedService, reader: Reader, secrets: readonly PlanNode[]): readonly PlanNode[] {
  const [consul, connect, envoy, ...words] = envoyOf(service, reader)
  const lines = continued([`${consul} ${connect} ${envoy}`, ...words.map(word => unitWord(word))])
  const last = (lines.at(-1) ?? '').replace(/ \\$/, '')
  return ['ExecStart=', 'ExecStart=/usr/bin/env \\', ...secrets, ...lines.slice(0, -1), last]
}

/** Asking Envoy whether it is ready, in seconds; `-` before it lets the unit go on when it is not. */
interface Poll {
  readonly optional: '' | '-'
  readonly delay: number
  readonly period: number
  readonly attempts: number
  readonly timeout: number
}

function pollsOf(reader: Reader): readonly Poll[] {
  const number = (name: string): number => reader.read<number>(name) ?? 0
  const asked: Poll = {
    optional: '',
    delay: number('sidecar-initial-probe-check-delay-seconds'),
    period: number('sidecar-probe-period-seconds'),
    attempts: number('sidecar-probe-failure-threshold'),
    timeout: number('sidecar-probe-check-timeout-seconds'),
  }
  const everySecond = (optional: '' | '-', name: string): Poll => ({
    optional,
    delay: 0,
    period: 1,
    attempts: number(name),
    timeout: 1,
  })
  return [
    ...(reader.on('enable-consul-dataplane-as-sidecar') ? [asked] : []),
    everySecond('', 'sidecar-proxy-startup-failure-seconds'),
    everySecond('-', 'sidecar-proxy-lifecycle-startup-grace-period-seconds'),
  ].filter(({ attempts }) => attempts > 0)
}

/** Seconds that the unit's start may take without them: waiting for the agent, and for Envoy's listeners. */
const START_SECONDS = 180n

function startupOf(service: NamedService, reader: Reader): readonly PlanNode[] {
  const polls = pollsOf(reader)
  if (polls.length === 0) return []
  const seconds = polls.reduce(
    (sum, { delay, period, attempts, timeout }) => sum + BigInt(delay) + BigInt(attempts) * BigInt(period + timeout),
    START_SECONDS,
  )
  return [
    ...polls.map(({ optional, delay, period, attempts, timeout }) =>
      helper(`ExecStartPost=${optional}`, PROBE, 'ready', adminOf(service, reader), delay, period, attempts, timeout),
    ),
    `TimeoutStartSec=${seconds}`,
  ]
}

function shutdownOf(service: NamedService, reader: Reader): readonly PlanNode[] {
  if (!reader.on('enable-sidecar-proxy-lifecycle')) return []
  const grace = reader.read<number>('sidecar-proxy-lifecycle-shutdown-grace-period-seconds') ?? 0
  const drains = reader.on('enable-sidecar-proxy-lifecycle-shutdown-drain-listeners')
  return [
    helper('ExecStop=-', GENERATOR, drains ? 'drain' : 'wait', adminOf(service, reader), grace),
    `TimeoutStopSec=${Math.max(grace + 5, 15)}`,
  ]
}

/** One core, in billionths, as quantities are read. */
export const CORE = 1_000_000_000n

/** Limits on the unit; a quantity of zero is none. */
function resourcesOf(reader: Reader): readonly string[] {
  const quantity = (name: string): bigint => reader.read<bigint>(`sidecar-proxy-${name}`) ?? 0n
  const [limit, request] = [quantity('cpu-limit'), quantity('cpu-request')]
  const weight = (request + CORE / 200n) / (CORE / 100n)
  const [most, least] = [quantity('memory-limit'), quantity('memory-request')]
  return [
    ...(limit > 0n ? [`CPUQuota=${ceiling(limit, CORE / 100n)}%`] : []),
    ...(request > CORE ? [`CPUWeight=${weight > 10_000n ? 10_000n : weight}`] : []),
    ...(most > 0n ? [`MemoryMax=${most}`] : []),
    ...(least > 0n ? [`MemoryLow=${least}`] : []),
  ]
}

/** The rules stay while Envoy is away. The commands of the unit itself leave them to this one. */
const holdingOf = (service: NamedService, reader: Reader): readonly PlanNode[] =>
  isClosed(reader) && reader.on('transparent-proxy')
    ? [
        'ExecStartPre=',
        ['ExecStartPre=-', PRIVILEGED, holdOf(service)],
        ['ExecStartPre=', PRIVILEGED, `/usr/local/bin/consul-redirect-traffic ${service.name} wait`],
        // Some versions of Consul ask the agent for more.
        ['ExecStartPre=', PRIVILEGED, holdOf(service)],
        'Environment=CONSUL_HOLD=yes',
      ]
    : []

/** The folder of Envoy's access log, unless it is the kernel's. */
function folderOf(reader: Reader): string | undefined {
  const path = reader.given('consul-sidecar-access-log-path')?.value ?? ''
  const folder = path.slice(0, path.lastIndexOf('/') + 1).replace(/\/+$/, '')
  return folder === '' || /^\/(?:dev|proc|sys)(?:\/|$)/.test(folder) ? undefined : folder
}

/** The folder of the access log is made where it is missing, Envoy's own, and Envoy may write there. */
function logOf(reader: Reader): readonly PlanNode[] {
  const folder = folderOf(reader)
  if (folder === undefined) return []
  const make = `/bin/sh -c '[ -d "$$0" ] || exec install -d -o envoy -g envoy "$$0"' ${unitWord(folder)}`
  return [['ExecStartPre=-', PRIVILEGED, make], `ReadWritePaths=${unitWord(`-${folder}`, 'value')}`]
}

/** `envoy@<service>.service.d`: the part of the unit that follows from the annotations. */
export function unitOf(service: NamedService, reader: Reader): readonly PlanNode[] {
  const { unit: loaded, command } = credentialsOf(service, reader)
  const application = reader.given('alpha:app-unit')?.value
  const agent = reader.given('alpha:agent-unit')?.value
  const ordering = [
    ...(agent === undefined ? [] : [`After=${agent}`]),
    ...(application === undefined ? [] : [`Before=${application}`]),
    ...(application === undefined || !isClosed(reader) ? [] : [`Wants=${application}`]),
    ...(watchOf(service, reader).length > 0 ? [`Wants=consul-envoy-watch@${service.name}.service`] : []),
    ...(tokenFileOf(service, reader) === undefined
      ? []
      : [`Wants=${tokenUnitOf(service)}`, `After=${tokenUnitOf(service)}`]),
  ]
  const listeners = [
    ...reader.list<Upstream>('connect-service-upstreams').map(upstream => upstream.local_bind_port),
    ...exposedOf(service.index, reader).map(path => path.listener_port),
  ]
  return [
    ...(ordering.length > 0 ? ['[Unit]', ...ordering] : []),
    '[Service]',
    ...startOf(service, reader, command),
    ...loaded,
    ...startupOf(service, reader),
    ...shutdownOf(service, reader),
    ...resourcesOf(reader),
    ...(listeners.some(port => port < 1024) ? ['AmbientCapabilities=CAP_NET_BIND_SERVICE'] : []),
    ...holdingOf(service, reader),
    ...logOf(reader),
    ...environmentOf(service, reader),
    `Environment=${unitWord(`CONSUL_PORTS=${ownPortsOf(service.index, reader)}`, 'value')}`,
  ]
}

const isStart = (node: PlanNode): boolean => node === 'ExecStart=/usr/bin/env \\'
const goesOn = (line: string): boolean => / \\(?: \{.*)?$/.test(line)

/** The lines of a planned unit for people: the command that starts Envoy, and everything else. */
export function shownUnit(unit: readonly PlanNode[]): {
  readonly envoy: readonly string[]
  readonly others: readonly string[]
} {
  const from = unit.findIndex(isStart)
  const lines = shownNodes(unit.slice(from + 1))
  const last = lines.findIndex(line => !goesOn(line))
  return {
    envoy: lines.slice(0, last + 1).map(line => line.trim().replace(/ \\(?= \{|$)/, '')),
    others: [...shownNodes(unit.slice(0, from)).filter(line => line !== 'ExecStart='), ...lines.slice(last + 1)],
  }
}

/** The unit that kills a sidecar which no longer answers, so that it is tried again; empty where nothing asks for it. */
export function watchOf(service: NamedService, reader: Reader): readonly PlanNode[] {
  const seconds = reader.read<number>('sidecar-proxy-liveness-failure-seconds') ?? 0
  const unit = `envoy@${service.name}.service`
  if (seconds === 0) return []
  return [
    '[Unit]',
    `PartOf=${unit}`,
    `After=${unit}`,
    '[Service]',
    'Restart=on-failure',
    'RestartSec=5',
    helper('ExecStart=', PROBE, 'watch', adminOf(service, reader), seconds, unit),
  ]
}

/** Whether a plan has commands that only some guests need: Envoy is asked, beyond its shutdown, or its traffic held. */
export const needsMore = ({ sidecars }: GuestPlan): boolean =>
  sidecars.some(
    ({ unit, watch }) =>
      watch !== undefined || shownNodes(unit).some(line => /^ExecStartPost=|CONSUL_HOLD=/.test(line)),
  )
