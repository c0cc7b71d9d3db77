import type { Text } from './values.ts'

/**
 * Keys that the injector writes. As an input they are refused: they would claim something that nobody has done.
 *
 * @title Written by the injector
 */
export interface OutputAnnotations {
  /**
   * Label that tells which controller manages the Pod.
   *
   * @verdict reject
   * @since 0.26.0
   * @example "consul-k8s-endpoints-controller"
   * @vm Written by the injector for others to read, never an input. To tell who manages the service use
   * `service-meta-managed-by`.
   */
  'consul.hashicorp.com/connect-inject-managed-by'?: Text

  /**
   * Version of the injector, until 1.2.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "1.0.0"
   * @vm Written by the injector for others to read, never an input. Leave the key out; `service-meta-<key>` can carry a
   * version of yours.
   */
  'consul.hashicorp.com/connect-k8s-version'?: Text

  /**
   * Version of the injector.
   *
   * @verdict reject
   * @since 1.3.0
   * @example "1.3.0"
   * @vm Written by the injector for others to read, never an input. Leave the key out; `service-meta-<key>` can carry a
   * version of yours.
   */
  'consul.hashicorp.com/consul-k8s-version'?: Text

  /**
   * The Pod as it was before injection.
   *
   * @verdict reject
   * @since 0.26.0
   * @example '{"metadata": {}}'
   * @vm Written by the injector for others to read, never an input. Leave the key out; `uninject` gives the original
   * user-data back.
   */
  'consul.hashicorp.com/original-pod'?: Text

  /**
   * Whether the redirection has been set up.
   *
   * @verdict reject
   * @since 0.48.0
   * @example "enabled"
   * @vm Written by the injector for others to read, never an input. To switch the redirection use `transparent-proxy`.
   */
  'consul.hashicorp.com/transparent-proxy-status'?: Text

  /**
   * Settings of the redirection, for the CNI plugin.
   *
   * @verdict reject
   * @since 0.48.0
   * @example '{"ProxyInboundPort": 20000}'
   * @vm Written by the injector for others to read, never an input. Use the `transparent-proxy-exclude-*` keys, whose
   * values are checked.
   */
  'consul.hashicorp.com/redirect-traffic-config'?: Text
}
