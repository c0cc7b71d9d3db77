import type { GoBool, Uint } from './values.ts'

/**
 * Health of the sidecar itself. Checks of the application are in the VM family.
 *
 * @title Sidecar health
 */
export interface HealthAnnotations {
  /**
   * Judges the sidecar by Envoy's own readiness instead of by an open port.
   *
   * @verdict maps
   * @default "false"
   * @since 0.49.3
   * @example "true"
   * @vm Envoy gets a ready listener on 127.0.0.1:20800 (not 21000, where the agent starts to assign sidecar ports), and the
   * sidecar is registered with an HTTP check on it in place of Consul's default ones.
   */
  'consul.hashicorp.com/use-proxy-health-check'?: GoBool

  /**
   * Seconds within which the sidecar has to become ready, else its start has failed. 0 does not look.
   *
   * @verdict maps
   * @default "0"
   * @helm connectInject.sidecarProxy.defaultStartupFailureSeconds
   * @since 1.1.9
   * @example "60"
   * @vm `ExecStartPost` of the `envoy@` unit asks Envoy and fails after so long; the sidecar is then tried again.
   */
  'consul.hashicorp.com/sidecar-proxy-startup-failure-seconds'?: Uint

  /**
   * Seconds after which a sidecar that no longer answers is restarted. 0 does not look.
   *
   * @verdict maps
   * @default "0"
   * @helm connectInject.sidecarProxy.defaultLivenessFailureSeconds
   * @since 1.1.9
   * @example "30"
   * @vm A watchdog beside the `envoy@` unit. A sidecar that exits is tried again in any case: after 5 seconds, then ever more slowly, at most five
   * minutes apart, and soon again after ten healthy minutes.
   */
  'consul.hashicorp.com/sidecar-proxy-liveness-failure-seconds'?: Uint
}
