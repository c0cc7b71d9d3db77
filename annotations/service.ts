import type { JsonObject, MetaValue, Port, ServiceNames, ServicePorts, Tags, Weight } from './values.ts'

/**
 * What is registered: the service's name, port, tags, meta and weight, and the opaque configuration of its proxy.
 *
 * @title Service
 */
export interface ServiceAnnotations {
  /**
   * Name of the service that runs on the VM; its sidecar is registered as `<name>-sidecar-proxy`. Several names separated
   * by commas register several services with a sidecar each.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "web"
   * @vm Required: a VM has no Kubernetes Service to take the name from. The name is also the instance of the systemd unit,
   * `envoy@web.service`. Several services need `transparent-proxy: "false"` and no metrics.
   */
  'consul.hashicorp.com/connect-service'?: ServiceNames

  /**
   * Port on which the service listens, on loopback or on all addresses. Without it the VM is a client only and registers
   * no port. With several services the ports go with the names by position, and one port serves all; an empty one
   * between commas keeps its place, and its service has none.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "8080"
   * @vm Decimal numbers only: there are no named container ports. Several ports for one service need Consul Enterprise; the
   * community edition registers the default one and warns.
   */
  'consul.hashicorp.com/connect-service-port'?: ServicePorts

  /**
   * Chooses which of several ports of `connect-service-port` is the service's default port. Without it the first one is.
   *
   * @verdict applies
   * @since 2.0.0
   * @example "9090"
   * @needs connect-service-port=8080,9090
   * @vm Has to be a number; in the community edition it is the one port that gets registered.
   */
  'consul.hashicorp.com/connect-service-default-port'?: Port

  /**
   * Tags of the service. Blank ones are dropped.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "v1,$HOSTNAME"
   * @vm Set on the service; the agent copies them to the sidecar.
   */
  'consul.hashicorp.com/service-tags'?: Tags

  /**
   * The old name of `service-tags`; both lists are joined.
   *
   * @verdict maps
   * @since 0.9.1 to 0.49.8
   * @example "v1,blue"
   * @vm Read as `service-tags`, with a warning. Write `service-tags`.
   * @aliasOf consul.hashicorp.com/service-tags
   */
  'consul.hashicorp.com/connect-service-tags'?: Tags

  /**
   * One pair of the service's meta: what follows `service-meta-` is the key. Keys are at most 128 letters, digits, dashes
   * and underscores and do not begin with `consul-`; a service has at most 64 pairs.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "payments"
   * @vm Set on the service; the agent copies it to the sidecar. `managed-by` is set automatically and may be overridden.
   */
  'consul.hashicorp.com/service-meta-*'?: MetaValue

  /**
   * Opaque configuration of the proxy, as a JSON object. Envoy-specific keys are listed in Consul's proxy reference.
   *
   * @verdict applies
   * @since 1.1.8
   * @example '{"local_connect_timeout_ms": 5000}'
   * @vm Becomes `proxy.config` of the sidecar. Anything but a JSON object is an error, where consul-k8s ignores it.
   */
  'consul.hashicorp.com/proxy-config-map'?: JsonObject

  /**
   * How large a share of the requests this instance gets, relative to the other instances of the service. On Kubernetes it
   * stands on a Service and is read by catalogue sync.
   *
   * @verdict maps
   * @since 1.0.8
   * @example "10"
   * @vm Becomes `weights.passing` of the service.
   */
  'consul.hashicorp.com/service-weight'?: Weight
}
