import type { AbsolutePath, GoBool } from './values.ts'

/**
 * Envoy's access log. Whether there is one is decided by the proxy-defaults config entry; consul-k8s writes these keys.
 *
 * @title Access log
 */
export interface AccessLogAnnotations {
  /**
   * File to which Envoy writes its access log, as the proxy-defaults config entry names it.
   *
   * @verdict maps
   * @since 1.7.9
   * @example "/var/log/envoy/access.log"
   * @vm The file's directory is made and the `envoy@` unit may write to it.
   */
  'consul.hashicorp.com/consul-sidecar-access-log-path'?: AbsolutePath

  /**
   * Tells that the proxy-defaults config entry switches access logs on.
   *
   * @verdict warn
   * @since 1.7.9
   * @example "true"
   * @vm A VM's sidecar learns this from the proxy-defaults config entry. For logs in a file use
   * `consul-sidecar-access-log-path`, which prepares the directory.
   */
  'consul.hashicorp.com/consul-sidecar-access-log-enabled'?: GoBool
}
