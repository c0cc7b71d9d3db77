import type { ConnectInjectValues, Switch } from './helm-connect-inject.ts'
import type { GlobalValues } from './helm-global.ts'
import type { VmValues } from './helm-vm.ts'

/**
 * The values of the consul-k8s Helm chart that mean something on a VM, so that an existing values file can be handed over
 * as it is. Everything else in it is ignored, except the block `vm`, which is this tool's own.
 */
export interface HelmValues {
  /** Settings of the whole installation. */
  global?: GlobalValues

  /** Defaults for the annotations. */
  connectInject?: ConnectInjectValues

  /** Names under `.consul`. */
  dns?: {
    /**
     * Default of `consul-dns`. `"-"` follows `connectInject.transparentProxy.defaultEnabled`.
     *
     * @default "-"
     */
    enableRedirection?: Switch
  }

  /** The Consul client agent on the VM. */
  client?: {
    /**
     * Default of `retry-join`: addresses of servers to join, or cloud auto-join strings.
     *
     * @example ["provider=aws tag_key=consul tag_value=server"]
     */
    join?: string[] | null
  }

  /** Consul servers outside the chart's own cluster; for a VM the servers are always outside. */
  externalServers?: {
    /**
     * Whether the hosts below are used.
     *
     * @default false
     */
    enabled?: boolean

    /**
     * Addresses of the servers; the agent joins these instead of `client.join`.
     *
     * @example ["10.0.0.1", "10.0.0.2"]
     */
    hosts?: string[]
  }

  /** This tool's own block; the chart has none of that name. */
  vm?: VmValues
}
