import type { GuestPlan } from './mesh-plan.ts'
import { HOSTNAME, type PlanNode, PYTHON } from './node.ts'
import type { Reader } from './reader.ts'
import { unitWord } from './systemd.ts'

const PROGRAM = '/srv/consul/acl-token.py'

/** A service whose token is in question. */
interface Named {
  readonly name: string
}

/** The file that holds the ACL token of a service: the operator's, or the one where `consul login` puts it. */
export const tokenFileOf = ({ name }: Named, reader: Reader): string | undefined =>
  reader.given('alpha:acl-auth-method') === undefined
    ? reader.given('alpha:acl-token-file')?.value
    : `/run/consul-vm-inject/${name}.token`

/** The unit that follows the token of a service. */
export const tokenUnitOf = ({ name }: Named): string => `consul-acl-token@${name}.service`

/** Words of `consul login`, but for the file that takes the token; none where nobody logs in. */
function loginOf({ name }: Named, reader: Reader): readonly PlanNode[] {
  const [method, bearer, namespace] = ['alpha:acl-auth-method', 'alpha:acl-bearer-token-file', 'consul-namespace'].map(
    key => reader.given(key)?.value,
  )
  if (method === undefined) return []
  return [
    `-method=${method}`,
    ...(bearer === undefined ? [] : [unitWord(`-bearer-token-file=${bearer}`)]),
    ...(namespace === undefined ? [] : [`-namespace=${namespace}`]),
    ['-meta=vm=', HOSTNAME, `/${name}`],
    ...(reader.on('alpha:acl-aws-iam') ? ['-type=aws-iam'] : []),
  ]
}

/**
 * The unit that keeps a service at its token, and logs in for it: see acl-token.py. `environment` is that of the sidecar's unit. Empty
 * without a token.
 */
export function tokenOf(service: Named, reader: Reader, environment: readonly string[]): readonly PlanNode[] {
  if (tokenFileOf(service, reader) === undefined) return []
  const words = [service.name, ...loginOf(service, reader)]
  const lines = words.map((word): PlanNode => ['  ', word])
  return [
    '[Unit]',
    // It can log out as long as the agent runs.
    'After=consul.service',
    '[Service]',
    `LogExtraFields=OBJECT_SYSTEMD_UNIT=envoy@${service.name}.service`,
    ['ExecStart=', PYTHON, ` ${PROGRAM} \\`],
    ...lines.map((line, index): PlanNode => (index < lines.length - 1 ? [line, ' \\'] : line)),
    'Restart=always',
    'RestartSec=5',
    'EnvironmentFile=-/etc/consul.d/consul.env',
    `EnvironmentFile=-/etc/consul.d/envoy-${service.name}.env`,
    ...environment,
  ]
}

/** Whether a plan has a token to follow: a program that only such a guest needs. */
export const followsTokens = ({ sidecars }: GuestPlan): boolean => sidecars.some(({ acl }) => acl !== undefined)
