import type { Text } from './values.ts'

/**
 * Keys that are refused because something else is surely meant.
 *
 * @title Refused
 */
export interface RefusedAnnotations {
  /**
   * Name under which catalogue sync registers a Kubernetes Service.
   *
   * @verdict reject
   * @since 0.1.0
   * @example "web"
   * @vm Catalogue sync reads it from Service objects, which a VM has not. Did you mean `connect-service`?
   */
  'consul.hashicorp.com/service-name'?: Text

  /**
   * Port with which catalogue sync registers a Kubernetes Service.
   *
   * @verdict reject
   * @since 0.1.0
   * @example "http"
   * @vm Catalogue sync reads it from Service objects, which a VM has not. Did you mean `connect-service-port`?
   */
  'consul.hashicorp.com/service-port'?: Text

  /**
   * Injection in the v2 catalogue.
   *
   * @verdict reject
   * @since 1.3.0 to 1.5.9
   * @example "true"
   * @vm The v2 catalogue is gone from Consul. Use `connect-inject`.
   */
  'consul.hashicorp.com/mesh-inject'?: Text

  /**
   * Marks Pods injected for the v2 catalogue.
   *
   * @verdict reject
   * @since 1.3.0
   * @example "injected"
   * @vm The v2 catalogue is gone from Consul. Use `connect-inject-status`.
   */
  'consul.hashicorp.com/mesh-inject-status'?: Text

  /**
   * Containers that get the shared volume, in the v2 catalogue.
   *
   * @verdict reject
   * @since 1.3.0 to 1.5.9
   * @example "web"
   * @vm The v2 catalogue is gone from Consul, and a VM has no containers. Put files there with `write_files`.
   */
  'consul.hashicorp.com/mesh-inject-mount-volume'?: Text

  /**
   * Upstreams in the v2 catalogue.
   *
   * @verdict reject
   * @since 1.3.0 to 1.5.9
   * @example "api:9191"
   * @vm The v2 catalogue is gone from Consul. Use `connect-service-upstreams`.
   */
  'consul.hashicorp.com/mesh-service-destinations'?: Text
}
