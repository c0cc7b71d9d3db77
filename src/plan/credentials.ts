import type { PlanNode } from './node.ts'
import type { Reader } from './reader.ts'
import type { NamedService } from './registration.ts'
import { continued, normalPath, unitWord } from './systemd.ts'
import { tokenFileOf } from './token.ts'

/** How the sidecar talks to the agent: the annotation, the variable of Consul, and the credential where that is a file. */
const VARIABLES: readonly (readonly [name: string, variable: string, secret?: string])[] = [
  ['acl-token-file', 'CONSUL_HTTP_TOKEN_FILE', 'acl-token'],
  ['ca-file', 'CONSUL_CACERT', 'ca'],
  ['client-cert-file', 'CONSUL_CLIENT_CERT', 'client-cert'],
  ['client-key-file', 'CONSUL_CLIENT_KEY', 'client-key'],
  ['grpc-ca-file', 'CONSUL_GRPC_CACERT', 'grpc-ca'],
  ['http-addr', 'CONSUL_HTTP_ADDR'],
  ['grpc-addr', 'CONSUL_GRPC_ADDR'],
]

const settingOf = (name: string, service: NamedService, reader: Reader): string | undefined =>
  name === 'acl-token-file' ? tokenFileOf(service, reader) : reader.given(`alpha:${name}`)?.value

/** Variables of the whole unit, the plain paths of files included: the commands before Envoy run as root and read those. */
export const environmentOf = (service: NamedService, reader: Reader): readonly string[] =>
  VARIABLES.flatMap(([name, variable]) => {
    const value = settingOf(name, service, reader)
    return value === undefined ? [] : [`Environment=${unitWord(`${variable}=${value}`, 'value')}`]
  })

interface Secret {
  readonly variable: string
  readonly secret: string
  readonly path: string
}

/** Files that systemd can hand on: it takes the rest of the line as the path, unquoted. */
const secretsOf = (service: NamedService, reader: Reader): readonly Secret[] =>
  VARIABLES.flatMap(([name, variable, secret]) => {
    const path = settingOf(name, service, reader) ?? ''
    if (secret === undefined || /^[/.]*$/.test(path) || /[ \\]$/.test(path)) return []
    return [{ variable, secret, path: normalPath(path) }]
  })

/** Nodes that show Envoy's user what only root can read, where systemd has credentials (247), and how Envoy is told (`%d` since 250). */
export function credentialsOf(
  service: NamedService,
  reader: Reader,
): {
  readonly unit: readonly PlanNode[]
  readonly command: readonly PlanNode[]
} {
  const secrets = secretsOf(service, reader)
  if (secrets.length === 0) return { unit: [], command: [] }
  const told = (folder: string): readonly string[] =>
    continued(secrets.map(({ variable, secret }) => `${variable}=${folder}/${secret}`))
  // The default leaves it to the commands before Envoy to name a file that is missing.
  const loaded = secrets.flatMap(({ secret, path }) => [
    `LoadCredential=${secret}:${path.replaceAll('%', '%%')}`,
    `SetCredential=${secret}:missing`,
  ])
  const older: PlanNode = { hole: 'systemd', from: 247, then: told('/run/credentials/%n') }
  return {
    unit: [{ hole: 'systemd', from: 247, then: loaded }],
    command: [{ hole: 'systemd', from: 250, then: told('%d'), else: [older] }],
  }
}
