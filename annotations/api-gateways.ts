import type { Text } from './values.ts'

/**
 * Keys of the API gateway controller. They are refused.
 *
 * @title API gateways
 */
export interface ApiGatewayAnnotations {
  /**
   * Configuration of a gateway class; the controller writes it.
   *
   * @verdict reject
   * @since unknown
   * @example "{}"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use `consul connect envoy -gateway=api`.
   */
  'consul.hashicorp.com/gateway-class-config'?: Text

  /**
   * Name of the API gateway controller.
   *
   * @verdict reject
   * @since unknown
   * @example "true"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use `consul connect envoy -gateway=api`.
   */
  'consul.hashicorp.com/gateway-controller'?: Text

  /**
   * Replicas of an API gateway.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "2"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Start as many VMs as you want.
   */
  'consul.hashicorp.com/default-replicas'?: Text

  /**
   * Scales an API gateway.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "true"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use your platform's scaling groups.
   */
  'consul.hashicorp.com/hpa-enabled'?: Text

  /**
   * Least replicas of an API gateway.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "1"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use your platform's scaling groups.
   */
  'consul.hashicorp.com/hpa-minimum-replicas'?: Text

  /**
   * Most replicas of an API gateway.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "5"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use your platform's scaling groups.
   */
  'consul.hashicorp.com/hpa-maximum-replicas'?: Text

  /**
   * Processor use at which an API gateway is scaled.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "80"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use your platform's scaling groups.
   */
  'consul.hashicorp.com/hpa-cpu-utilisation-target'?: Text

  /**
   * Another spelling of `hpa-cpu-utilisation-target`.
   *
   * @verdict reject
   * @since 2.0.0
   * @example "80"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use your platform's scaling groups.
   * @aliasOf consul.hashicorp.com/hpa-cpu-utilisation-target
   */
  'consul.hashicorp.com/hpa-cpu-utilization-target'?: Text

  /**
   * External authorization of an API gateway.
   *
   * @verdict reject
   * @since 2.0.2
   * @example "enabled"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use a service-intentions or proxy-defaults
   * config entry.
   */
  'consul.hashicorp.com/ext-authz'?: Text

  /**
   * Liveness probe of an API gateway.
   *
   * @verdict reject
   * @since 1.8.6
   * @example '{"periodSeconds": 5}'
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. For a sidecar use
   * `sidecar-proxy-liveness-failure-seconds`.
   */
  'consul.hashicorp.com/liveness-probe'?: Text

  /**
   * Readiness probe of an API gateway.
   *
   * @verdict reject
   * @since 1.8.6
   * @example '{"periodSeconds": 5}'
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. For a service use
   * `alpha.consul.hashicorp.com/health-check-http`.
   */
  'consul.hashicorp.com/readiness-probe'?: Text

  /**
   * Startup probe of an API gateway.
   *
   * @verdict reject
   * @since 1.8.6
   * @example '{"periodSeconds": 5}'
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. For a sidecar use
   * `sidecar-proxy-startup-failure-seconds`.
   */
  'consul.hashicorp.com/startup-probe'?: Text

  /**
   * TLS of an API gateway.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "true"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'consul.hashicorp.com/tls-enabled'?: Text

  /**
   * Least TLS version of a listener.
   *
   * @verdict reject
   * @since unknown
   * @example "TLSv1_2"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/tls_min_version'?: Text

  /**
   * Greatest TLS version of a listener.
   *
   * @verdict reject
   * @since unknown
   * @example "TLSv1_3"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/tls_max_version'?: Text

  /**
   * TLS cipher suites of a listener.
   *
   * @verdict reject
   * @since unknown
   * @example "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/tls_cipher_suites'?: Text

  /**
   * Cluster that serves a listener's certificates.
   *
   * @verdict reject
   * @since unknown
   * @example "sds-cluster"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/tls_sds_cluster_name'?: Text

  /**
   * Certificate that a listener asks for.
   *
   * @verdict reject
   * @since unknown
   * @example "cert"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/tls_sds_cert_resource'?: Text

  /**
   * Most connections to a backend.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "100"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use a service-defaults config entry.
   */
  'api-gateway.consul.hashicorp.com/default-max-connections'?: Text

  /**
   * Most waiting requests to a backend.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "100"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use a service-defaults config entry.
   */
  'api-gateway.consul.hashicorp.com/default-max-pending-requests'?: Text

  /**
   * Most requests to a backend at once.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "100"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use a service-defaults config entry.
   */
  'api-gateway.consul.hashicorp.com/default-max-concurrent-requests'?: Text

  /**
   * Passive health check of backends.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "10s"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use a service-defaults config entry.
   */
  'api-gateway.consul.hashicorp.com/default-passive-health-check-*'?: Text

  /**
   * Protocol of one listener.
   *
   * @verdict reject
   * @since 2.1.0
   * @example "grpc"
   * @vm Belongs to the API gateway controller; a gateway is no sidecar. Use an api-gateway config entry.
   */
  'api-gateway.consul.hashicorp.com/listener-*-protocol'?: Text
}
