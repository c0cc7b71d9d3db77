import type { Upstream } from './upstream.ts'

export interface EnvironmentVariable {
  readonly name: string
  readonly value: string
}

/** A service name as the beginning of a variable's name: upper-cased, all but `[A-Z0-9_]` turned into `_`. */
export const environmentName = (service: string): string => service.toUpperCase().replace(/[^A-Z0-9_]/g, '_')

/**
 * The variables that tell an application where its upstreams listen, as consul-k8s sets them in containers, in the order of the
 * list; none for prepared queries. Where two upstreams share a name, the later one counts in an environment file.
 */
export const upstreamEnvironment = (upstreams: readonly Upstream[]): readonly EnvironmentVariable[] =>
  upstreams
    .filter(({ destination_type }) => destination_type === 'service')
    .flatMap(({ destination_name, local_bind_address = '127.0.0.1', local_bind_port }) => {
      const name = `${environmentName(destination_name)}_CONNECT_SERVICE`
      return [
        { name: `${name}_HOST`, value: local_bind_address },
        { name: `${name}_PORT`, value: String(local_bind_port) },
      ]
    })
