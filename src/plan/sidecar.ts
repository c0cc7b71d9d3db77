import type { Upstream } from '../annotate/grammar/upstream.ts'
import { upstreamEnvironment } from '../annotate/grammar/upstream-environment.ts'
import { environmentOf as variablesOf } from './credentials.ts'
import type { SidecarPlan } from './mesh-plan.ts'
import { portLinesOf } from './ports.ts'
import type { Reader } from './reader.ts'
import { redirectOf } from './redirect.ts'
import type { NamedService } from './registration.ts'
import { tokenOf } from './token.ts'
import { unitOf, watchOf } from './unit.ts'

/** Lines `NAME=value` by name; of two with one name the later counts. The upstreams are the first service's. */
function environmentOf({ index }: NamedService, reader: Reader): readonly string[] {
  const upstreams = index === 0 ? reader.list<Upstream>('connect-service-upstreams') : []
  const variables = new Map(upstreamEnvironment(upstreams).map(({ name, value }) => [name, value]))
  return [...variables].map(([name, value]) => `${name}=${value}`).sort()
}

/** All that the guest needs for one service's sidecar; what there is nothing of is left out. */
export function sidecarOf(service: NamedService, reader: Reader): SidecarPlan {
  const environment = environmentOf(service, reader)
  const redirect = redirectOf(service, reader)
  const watch = watchOf(service, reader)
  const acl = tokenOf(service, reader, variablesOf(service, reader))
  return {
    service: service.name,
    ...(environment.length > 0 && { environment }),
    ports: portLinesOf(service.index, reader),
    ...(redirect.length > 0 && { redirect }),
    unit: unitOf(service, reader),
    ...(watch.length > 0 && { watch }),
    ...(acl.length > 0 && { acl }),
  }
}
