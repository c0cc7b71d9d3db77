import type { Text } from './values.ts'

/**
 * Keys of gateways, which are no sidecars. They are refused.
 *
 * @title Gateways
 */
export interface GatewayAnnotations {
  /**
   * Kind of the gateway.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "mesh-gateway"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use that
   * command's `-gateway` flag.
   */
  'consul.hashicorp.com/gateway-kind'?: Text

  /**
   * Name under which the gateway is registered.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "mesh-gateway"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-service` flag; a service's name is in `connect-service`.
   */
  'consul.hashicorp.com/gateway-consul-service-name'?: Text

  /**
   * Port of a mesh gateway.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "8443"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-address` flag.
   */
  'consul.hashicorp.com/mesh-gateway-container-port'?: Text

  /**
   * Where the gateway's WAN address comes from.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "Static"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-wan-address` flag.
   */
  'consul.hashicorp.com/gateway-wan-address-source'?: Text

  /**
   * The gateway's WAN address.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "198.51.100.7"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-wan-address` flag.
   */
  'consul.hashicorp.com/gateway-wan-address-static'?: Text

  /**
   * The gateway's WAN port.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "443"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-wan-address` flag.
   */
  'consul.hashicorp.com/gateway-wan-port'?: Text

  /**
   * Consul namespace of the gateway.
   *
   * @verdict reject
   * @since 1.0.0
   * @example "default"
   * @vm Belongs on a gateway Pod. A gateway is no sidecar: it runs with `consul connect envoy -gateway=...`. Use its
   * `-namespace` flag; a service's namespace is in `consul-namespace`.
   */
  'consul.hashicorp.com/gateway-namespace'?: Text
}
