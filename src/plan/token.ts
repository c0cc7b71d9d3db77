import type { GuestPlan } from './mesh-plan.ts'
import { HOSTNAME, type PlanNode, PYTHON } from './node.ts'
import { namespaceArgument, type Reader } from './reader.ts'
import { continued, unitWord } from './systemd.ts'

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

/** Words of `consul login`, but for the file that takes the token and the meta; none where nobody logs in. */
function loginOf(reader: Reader): readonly string[] {
  const [method, bearer] = ['alpha:acl-auth-method', 'alpha:acl-bearer-token-file'].map(key => reader.given(key)?.value)
  if (method === undefined) return []
  return [
    `-method=${method}`,
    ...(bearer === undefined ? [] : [unitWord(`-bearer-token-file=${bearer}`)]),
    ...namespaceArgument(reader),
    ...(reader.on('alpha:acl-aws-iam') ? ['-type=aws-iam', '-aws-auto-bearer-token', '-aws-include-entity'] : []),
  ]
}

/**
 * The unit that keeps a service at its token, and logs in for it: see acl-token.py. `environment` is that of the sidecar's unit. Empty
 * without a token.
 */
export function tokenOf(service: Named, reader: Reader, environment: readonly string[]): readonly PlanNode[] {
  if (tokenFileOf(service, reader) === undefined) return []
  const [login, program] = [loginOf(reader), ` ${PROGRAM} ${service.name}`]
  return [
    '[Unit]',
    // It can log out as long as the agent runs.
    `After=${reader.given('alpha:agent-unit')?.value ?? 'consul.service'}`,
    '[Service]',
    `LogExtraFields=OBJECT_SYSTEMD_UNIT=envoy@${service.name}.service`,
    ...(login.length === 0
      ? [['ExecStart=', PYTHON, program]]
      : [['ExecStart=', PYTHON, `${program} \\`], ...continued(login), ['  -meta=vm=', HOSTNAME, `/${service.name}`]]),
    'Restart=always',
    'RestartSec=5',
    // It ends the commands that it waits for, and logs out by one that begins only then.
    'KillMode=mixed',
    'EnvironmentFile=-/etc/consul.d/consul.env',
    `EnvironmentFile=-/etc/consul.d/envoy-${service.name}.env`,
    ...environment,
  ]
}

/** Whether a plan has a token to follow: a program that only such a guest needs. */
export const followsTokens = ({ sidecars }: GuestPlan): boolean => sidecars.some(({ acl }) => acl !== undefined)
