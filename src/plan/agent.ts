import type { HelmValues } from '../../annotations/helm.ts'
import type { User } from '../annotate/grammar/uids.ts'
import type { GuestPlan } from './mesh-plan.ts'
import type { Reader } from './reader.ts'

type Settings = Readonly<Record<string, unknown>>

/** The agent's mesh settings, which no annotation has a say in: a configuration file beside the operator's or the package's own. */
export function agentOf({ global }: HelmValues): Settings {
  const tls = global?.tls?.enabled === true
  return {
    connect: { enabled: true },
    ports: tls ? { grpc_tls: 8503 } : { grpc: 8502 },
    ...(global?.domain !== undefined && { domain: global.domain }),
    ...((global?.logLevel ?? '') !== '' && { log_level: global?.logLevel }),
    ...(global?.adminPartitions?.enabled === true && { partition: global.adminPartitions.name ?? 'default' }),
  }
}

/** The files of the agent's RPC over TLS: annotation and setting. */
const RPC_FILES = [
  ['rpc-ca-file', 'ca_file'],
  ['rpc-cert-file', 'cert_file'],
  ['rpc-key-file', 'key_file'],
] as const

function rpcOf(reader: Reader): Settings {
  const files = RPC_FILES.flatMap(([name, setting]) => {
    const path = reader.given(`alpha:${name}`)?.value
    return path === undefined ? [] : [[setting, path] as const]
  })
  const verified = reader.given('alpha:rpc-ca-file') !== undefined
  return {
    ...Object.fromEntries(files),
    ...(verified && { verify_outgoing: true, verify_server_hostname: true }),
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
  const [encrypt, token, rpc] = [secretIn('encrypt-file'), secretIn('agent-token-file'), rpcOf(reader)]
  const datacenter = reader.read<string>('alpha:datacenter')
  const address = reader.read<string>('alpha:bind-addr')
  return {
    ...(join.length > 0 && { retry_join: join }),
    ...(datacenter !== undefined && { datacenter }),
    ...(address !== undefined && { bind_addr: address }),
    ...(encrypt !== undefined && { encrypt }),
    ...(token !== undefined && { acl: { enabled: true, tokens: { agent: token } } }),
    ...(Object.keys(rpc).length > 0 && { tls: { internal_rpc: rpc } }),
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
