import type { HelmValues } from '../../../annotations/helm.ts'
import { metaKey, metaValue } from '../grammar/meta.ts'

/** Meta of the node that Consul takes, and the paths of what is left out: what a shell would fill in, and what Consul refuses. */
export function nodeMeta({ client, connectInject }: HelmValues): {
  readonly meta: Readonly<Record<string, string>>
  readonly left: readonly string[]
} {
  const given = [
    ['client.nodeMeta', client?.nodeMeta ?? {}],
    ['connectInject.consulNode.meta', connectInject?.consulNode?.meta ?? {}],
  ] as const
  const all = given.flatMap(([path, values]) =>
    Object.entries(values).flatMap(([key, value]) =>
      value === null || value === '' ? [] : [{ path: `${path}.${key}`, key, value: String(value) }],
    ),
  )
  const fits = ({ key, value }: (typeof all)[number]): boolean =>
    metaKey(key).ok && metaValue(value).ok && !/\$[{(]|`/.test(value)
  return {
    meta: Object.fromEntries(all.filter(fits).map(({ key, value }) => [key, value])),
    left: all.filter(entry => !fits(entry)).map(({ path }) => path),
  }
}
