import type { User } from '../annotate/grammar/uids.ts'
import { nodeMeta } from '../annotate/helm/node-meta.ts'
import type { Values } from '../annotate/values.ts'
import { isRecord } from '../decode/record.ts'
import type { GuestPlan } from './mesh-plan.ts'
import { localOf } from './ports.ts'
import type { Reader } from './reader.ts'

type Settings = Readonly<Record<string, unknown>>

/** Settings of both, those of the second where both have one, as Consul takes them from two files. */
export const merged = (below: Settings, above: Settings): Settings => ({
  ...below,
  ...Object.fromEntries(
    Object.entries(above).map(([key, value]) => {
      const other = below[key]
      return [key, isRecord(value) && isRecord(other) ? merged(other, value) : value]
    }),
  ),
})

/** What the chart's agents have in their files, but for what annotations say too. */
function chartOf({ helm: { global, client }, helm }: Values): Settings {
  const { meta } = nodeMeta(helm)
  const level = client?.logLevel || global?.logLevel || ''
  const metrics = global?.metrics?.enabled === true && global.metrics.enableAgentMetrics === true
  return {
    ...(level !== '' && { log_level: level }),
    ...(global?.adminPartitions?.enabled === true && { partition: global.adminPartitions.name ?? 'default' }),
    ...((global?.recursors ?? []).length > 0 && { recursors: global?.recursors }),
    ...(Object.keys(meta).length > 0 && { node_meta: meta }),
    ...(metrics && { telemetry: { prometheus_retention_time: global?.metrics?.agentMetricsRetentionTime ?? '1m' } }),
    ...(global?.acls?.manageSystemACLs === true && {
      acl: { enabled: true, default_policy: 'deny', down_policy: 'extend-cache' },
    }),
  }
}

/** The agent's mesh settings, which no annotation has a say in: a configuration file beside the operator's or the package's own. */
export function agentOf(values: Values): Settings {
  const { helm, extra } = values
  // What leaves the VM is TLS then: what does not is to be seen by nobody else, whatever addresses the agent has besides.
  const alone = helm.global?.tls?.enabled === true && { addresses: { grpc: '127.0.0.1' } }
  const own = { ...chartOf(values), connect: { enabled: true } }
  return merged(merged({ ports: { grpc: 8502 }, ...alone }, extra.settings), own)
}

/** The files of the agent's TLS: annotation and setting. */
const OWN_FILES = [
  ['rpc-cert-file', 'cert_file'],
  ['rpc-key-file', 'key_file'],
] as const
const RPC_FILES = [['rpc-ca-file', 'ca_file'], ...OWN_FILES] as const

const filesOf = (reader: Reader, files: readonly (readonly [string, string])[]): Settings =>
  Object.fromEntries(
    files.flatMap(([name, setting]) => {
      const path = reader.given(`alpha:${name}`)?.value
      return path === undefined ? [] : [[setting, path] as const]
    }),
  )

const rpcOf = (reader: Reader): Settings => ({
  ...filesOf(reader, RPC_FILES),
  ...(reader.given('alpha:rpc-ca-file') !== undefined && { verify_outgoing: true, verify_server_hostname: true }),
})

const some = (settings: Settings): boolean => Object.keys(settings).length > 0

/** The agent serves where it is said to be reached: ports, and certificates where that is over TLS. */
function servedOf(reader: Reader): { readonly ports: Settings; readonly tls: Settings } {
  const [http, grpc] = [localOf(reader, 'http-addr'), localOf(reader, 'grpc-addr')]
  const own = filesOf(reader, OWN_FILES)
  // Its HTTPS takes a certificate from the servers by itself.
  const certificate = some(own) || !reader.on('alpha:auto-encrypt') ? own : { use_auto_cert: true }
  const dns = reader.given('alpha:dns-port') === undefined ? undefined : reader.read<number>('alpha:dns-port')
  return {
    ports: {
      ...(http !== undefined && { [http.tls ? 'https' : 'http']: http.port }),
      ...(grpc !== undefined && { [grpc.tls ? 'grpc_tls' : 'grpc']: grpc.port }),
      ...(dns !== undefined && { dns }),
    },
    tls: {
      ...(http?.tls === true && some(own) && { https: own }),
      ...(grpc?.tls === true && some(certificate) && { grpc: certificate }),
    },
  }
}

/**
 * What annotations say of the agent, as its configuration spells it. What a secret is stands in it as a hole that names the file; the
 * guest fills it in.
 */
export function agentSettingsOf(reader: Reader): Settings {
  const secretIn = (name: string): object | undefined => {
    const path = reader.given(`alpha:${name}`)?.value
    return path === undefined ? undefined : { hole: 'secret', path }
  }
  const join = reader.list<string>('alpha:retry-join')
  const [encrypt, token, rpc, served] = [
    secretIn('encrypt-file'),
    secretIn('agent-token-file'),
    rpcOf(reader),
    servedOf(reader),
  ]
  const tls = { ...served.tls, ...(some(rpc) && { internal_rpc: rpc }) }
  const [datacenter, domain] = ['datacenter', 'domain'].map(name => reader.given(`alpha:${name}`)?.value)
  const address = reader.read<string>('alpha:bind-addr')
  return {
    ...(join.length > 0 && { retry_join: join }),
    ...(datacenter !== undefined && { datacenter }),
    ...(domain !== undefined && { domain }),
    ...(address !== undefined && { bind_addr: address }),
    ...(encrypt !== undefined && { encrypt }),
    ...(token !== undefined && { acl: { enabled: true, tokens: { agent: token } } }),
    ...(some(served.ports) && { ports: served.ports }),
    ...(some(tls) && { tls }),
    ...(reader.on('alpha:auto-encrypt') && { auto_encrypt: { tls: true } }),
  }
}

/** What annotations say of the agent that is there. */
export function whereOf(reader: Reader): NonNullable<GuestPlan['agent_is']> {
  const [folder, unit] = ['alpha:agent-config-dir', 'alpha:agent-unit'].map(name => reader.given(name)?.value)
  const user = reader.read<User>('alpha:agent-user')
  return {
    ...(folder !== undefined && { folder }),
    ...(unit !== undefined && { unit }),
    ...(user !== undefined && {
      uid: user.name === undefined ? user.text : { hole: 'uid' as const, user: user.name, prefix: '' },
    }),
  }
}
