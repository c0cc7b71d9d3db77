import type { HelmValues } from '../../annotations/helm.ts'

/** The agent's mesh settings: a configuration file beside the operator's or the package's own. */
export function agentOf({ global, client, externalServers }: HelmValues): Readonly<Record<string, unknown>> {
  const tls = global?.tls?.enabled === true
  const join = externalServers?.enabled === true ? externalServers.hosts : client?.join
  return {
    connect: { enabled: true },
    ports: tls ? { grpc_tls: 8503 } : { grpc: 8502 },
    ...(global?.datacenter !== undefined && { datacenter: global.datacenter }),
    ...(global?.domain !== undefined && { domain: global.domain }),
    ...((global?.logLevel ?? '') !== '' && { log_level: global?.logLevel }),
    ...(global?.adminPartitions?.enabled === true && { partition: global.adminPartitions.name ?? 'default' }),
    ...(join !== undefined && join !== null && join.length > 0 && { retry_join: join }),
  }
}
