import { isRecord } from '../../decode/record.ts'

type Json = Readonly<Record<string, unknown>>

/** `client.extraConfig`, as far as it means something on a VM. */
export interface ExtraConfig {
  /** Settings of the agent, but for what stands below. */
  readonly settings: Json
  /** Whom the agent joins. */
  readonly join: readonly string[]
  /** Values of annotations, by name: where the agent is reached. */
  readonly addresses: Readonly<Record<string, string>>
  /** Names of settings that only hold in a container of the chart. */
  readonly left: readonly string[]
  /** Names of secrets. */
  readonly secrets: readonly string[]
}

export const NO_EXTRA_CONFIG: ExtraConfig = { settings: {}, join: [], addresses: {}, left: [], secrets: [] }

/** What is a server's, what the package decides, and what the chart's own flags outrank. */
const LEFT =
  /^(?:server|bootstrap(?:_expect)?|data_dir|node_(?:name|id)|pid_file|ui(?:_\w+)?|datacenter|domain|(?:retry|start)_join_wan|ports\.(?:server|serf_\w+))$/
/** What the chart fills in at the start of a container, and what stands in one. */
const CONTAINER = /\b(?:HOST_IP|POD_IP|HOSTNAME)\b|\$\{|^\/(?:consul|vault)\/|\{\{(?! *Get)/
const SECRET = /(?:^|[._])(?:encrypt|secret_?(?:key|id)?|password|\w*token|license|private_key|tokens\.\w+)$/
const HARMLESS = /^(?:acl\.(?:enable_token\w+|token_ttl|tokens\.managed_service_provider)|\w+_ttl)$/
const PRIVATE = /-----BEGIN [A-Z ]*PRIVATE KEY/

const portIn = (ports: unknown, name: string): number | undefined => {
  const value = isRecord(ports) ? ports[name] : undefined
  return typeof value === 'number' && Number.isInteger(value) && value < 65536 ? value : undefined
}

/** Where the agent serves something, in plain before over TLS; undefined where it is neither. */
function addressOf(plain = 0, tls = 0): string | undefined {
  if (plain > 0) return `127.0.0.1:${plain}`
  return tls > 0 ? `https://127.0.0.1:${tls}` : undefined
}

function addressesIn(ports: unknown): Readonly<Record<string, string>> {
  const port = (name: string): number | undefined => portIn(ports, name)
  const http = port('http') === undefined ? undefined : addressOf(port('http'), port('https'))
  const grpc = addressOf(port('grpc'), port('grpc_tls'))
  const dns = port('dns') ?? 0
  return {
    ...(http !== undefined && { 'http-addr': http }),
    ...(grpc !== undefined && { 'grpc-addr': grpc }),
    ...(dns > 0 && { 'dns-port': String(dns) }),
  }
}

/** A copy without what does not hold on a VM; names of that are noted. */
function pruned(value: unknown, path: string, left: string[], secrets: string[]): unknown {
  if (LEFT.test(path) || (typeof value === 'string' && CONTAINER.test(value))) {
    left.push(path)
    return undefined
  }
  if (
    typeof value === 'string' &&
    value !== '' &&
    (PRIVATE.test(value) || (SECRET.test(path) && !HARMLESS.test(path)))
  ) {
    secrets.push(path)
    return undefined
  }
  if (Array.isArray(value)) {
    return value.flatMap(item => {
      const kept = pruned(item, path, left, secrets)
      return kept === undefined ? [] : [kept]
    })
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).flatMap(([key, child]) => {
    const kept = pruned(child, path === '' ? key : `${path}.${key}`, left, secrets)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return Object.fromEntries(entries)
}

const texts = (value: unknown): readonly string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string')

/** Reads `client.extraConfig`; undefined when it is no JSON object. */
export function readExtraConfig(text: string | null | undefined): ExtraConfig | undefined {
  const bare = (text ?? '').trim().replace(/^"+|"+$/g, '')
  if (bare === '') return NO_EXTRA_CONFIG
  let data: unknown
  try {
    data = JSON.parse(bare)
  } catch {
    return undefined
  }
  if (!isRecord(data)) return undefined
  const [left, secrets]: [string[], string[]] = [[], []]
  const { retry_join: retry, start_join: start, ...settings } = pruned(data, '', left, secrets) as Json
  return {
    settings,
    join: [...texts(retry), ...texts(start)],
    addresses: addressesIn(settings['ports']),
    left: [...new Set(left)],
    secrets: [...new Set(secrets)],
  }
}
