import type { ClientValues, ExternalServersValues } from './helm-client.ts'
import type { ConnectInjectValues, Switch } from './helm-connect-inject.ts'
import type { GlobalValues } from './helm-global.ts'
import type { VmValues } from './helm-vm.ts'

export type { HelmNothing } from './helm-nothing.ts'

/**
 * The values of the consul-k8s Helm chart that mean something on a VM, so that an existing values file can be handed over
 * as it is, and the block `vm`, which is this tool's own. What of the chart means nothing there is in HelmNothing.
 */
export interface HelmValues {
  /** Settings of the whole installation. */
  global?: GlobalValues

  /** Defaults for the annotations. */
  connectInject?: ConnectInjectValues

  /** Names under the domain of Consul. */
  dns?: {
    /**
     * Default of `consul-dns`. `"-"` follows `connectInject.transparentProxy.defaultEnabled`.
     *
     * @chart Whether Pods in the mesh ask Consul for names.
     * @default "-"
     */
    enableRedirection?: Switch
  }

  /** The Consul client agent on the VM. */
  client?: ClientValues

  /** Consul servers outside the chart's own cluster. */
  externalServers?: ExternalServersValues

  /** This tool's own block; the chart has none of that name. */
  vm?: VmValues
}
