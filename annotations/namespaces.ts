import type { NamespaceName } from './values.ts'

/**
 * Tenancy in Consul Enterprise.
 *
 * @title Namespaces
 */
export interface NamespaceAnnotations {
  /**
   * Consul namespace of the service. On Kubernetes the injector writes it.
   *
   * @verdict applies
   * @helm connectInject.consulNamespaces.consulDestinationNamespace
   * @since 0.20.0
   * @example "team-a"
   * @vm Read as an input: the service's `namespace`, and `-namespace` of both commands. Needs Consul Enterprise with
   * namespaces (`global.enableConsulNamespaces`). The partition is always the agent's own.
   */
  'consul.hashicorp.com/consul-namespace'?: NamespaceName
}
