import type { GoBool, Uint } from './values.ts'

/**
 * How the sidecar starts and stops beside the application.
 *
 * @title Lifecycle
 */
export interface LifecycleAnnotations {
  /**
   * Lets the sidecar stop gracefully: listeners drain and connections get time to end before Envoy exits.
   *
   * @verdict maps
   * @default "true"
   * @helm connectInject.sidecarProxy.lifecycle.defaultEnabled
   * @since 1.0.8
   * @example "false"
   * @vm Adds the stop sequence to the `envoy@` unit (`ExecStop`, `TimeoutStopSec`). With `"false"` Envoy is stopped at once.
   */
  'consul.hashicorp.com/enable-sidecar-proxy-lifecycle'?: GoBool

  /**
   * Drains inbound listeners when the sidecar stops, so that no new requests arrive. Needs the lifecycle to be on.
   *
   * @verdict maps
   * @default "true"
   * @helm connectInject.sidecarProxy.lifecycle.defaultEnableShutdownDrainListeners
   * @since 1.0.8
   * @example "false"
   * @vm `ExecStop` of the unit posts `/drain_listeners?inboundonly&graceful&skip_exit` to Envoy's admin port, as
   * consul-dataplane does: outbound listeners go on.
   */
  'consul.hashicorp.com/enable-sidecar-proxy-lifecycle-shutdown-drain-listeners'?: GoBool

  /**
   * A spelling of `enable-sidecar-proxy-lifecycle-shutdown-drain-listeners` that consul-k8s prints in its documentation but
   * does not read.
   *
   * @verdict maps
   * @since 1.0.8
   * @example "false"
   * @vm Read as `enable-sidecar-proxy-lifecycle-shutdown-drain-listeners`, with a warning.
   * @aliasOf consul.hashicorp.com/enable-sidecar-proxy-lifecycle-shutdown-drain-listeners
   */
  'consul.hashicorp.com/enable-sidecar-proxy-shutdown-drain-listeners'?: GoBool

  /**
   * Seconds between the order to stop and the end of Envoy. Needs the lifecycle to be on.
   *
   * @verdict maps
   * @default "30"
   * @helm connectInject.sidecarProxy.lifecycle.defaultShutdownGracePeriodSeconds
   * @since 1.0.8
   * @example "10"
   * @vm `ExecStop` waits so long, or until Envoy is gone; `TimeoutStopSec` is five seconds more. The redirect rules stay
   * until Envoy has exited.
   */
  'consul.hashicorp.com/sidecar-proxy-lifecycle-shutdown-grace-period-seconds'?: Uint

  /**
   * Seconds for which the application's start is held back until the sidecar is ready. 0 holds nothing back; when the time
   * is over the application starts anyway.
   *
   * @verdict maps
   * @default "0"
   * @helm connectInject.sidecarProxy.lifecycle.defaultStartupGracePeriodSeconds
   * @since 1.3.5
   * @example "15"
   * @vm `ExecStartPost` of the `envoy@` unit asks Envoy whether it is ready, for so long, and never fails. Units ordered
   * after it, such as the one in `alpha.consul.hashicorp.com/app-unit`, wait.
   */
  'consul.hashicorp.com/sidecar-proxy-lifecycle-startup-grace-period-seconds'?: Uint

  /**
   * Starts the sidecar before the application. On Kubernetes it becomes a native sidecar, an init container that stays.
   *
   * @verdict maps
   * @default "false"
   * @helm connectInject.dataplaneAsSidecarInitContainer.defaultEnabled
   * @since 1.6.9
   * @example "true"
   * @vm An ordering between units: give the application's unit in `alpha.consul.hashicorp.com/app-unit`.
   */
  'consul.hashicorp.com/enable-consul-dataplane-as-sidecar'?: GoBool

  /**
   * Seconds before the sidecar is first asked whether it is ready, when the application waits for it.
   *
   * @verdict maps
   * @default "1"
   * @helm connectInject.dataplaneAsSidecarInitContainer.initialProbeCheckDelaySeconds
   * @since 1.6.9
   * @example "2"
   * @needs enable-consul-dataplane-as-sidecar=true
   * @vm Delay of the readiness poll in `ExecStartPost`, with `enable-consul-dataplane-as-sidecar`.
   */
  'consul.hashicorp.com/sidecar-initial-probe-check-delay-seconds'?: Uint

  /**
   * Seconds between two questions whether the sidecar is ready, when the application waits for it.
   *
   * @verdict maps
   * @default "1"
   * @helm connectInject.dataplaneAsSidecarInitContainer.probeCheckPeriodSeconds
   * @since 1.6.9
   * @example "2"
   * @needs enable-consul-dataplane-as-sidecar=true
   * @vm Period of the readiness poll in `ExecStartPost`, with `enable-consul-dataplane-as-sidecar`.
   */
  'consul.hashicorp.com/sidecar-probe-period-seconds'?: Uint

  /**
   * How often the sidecar may be found not ready before its start counts as failed, when the application waits for it.
   *
   * @verdict maps
   * @default "10"
   * @helm connectInject.dataplaneAsSidecarInitContainer.probeCheckFailureThreshold
   * @since 1.6.9
   * @example "30"
   * @needs enable-consul-dataplane-as-sidecar=true
   * @vm Attempts of the readiness poll in `ExecStartPost`, with `enable-consul-dataplane-as-sidecar`.
   */
  'consul.hashicorp.com/sidecar-probe-failure-threshold'?: Uint

  /**
   * Seconds after which an unanswered question whether the sidecar is ready counts as a no.
   *
   * @verdict maps
   * @default "5"
   * @helm connectInject.dataplaneAsSidecarInitContainer.probeCheckTimeoutSeconds
   * @since 1.6.9
   * @example "2"
   * @needs enable-consul-dataplane-as-sidecar=true
   * @vm Time limit of one request of the readiness poll, with `enable-consul-dataplane-as-sidecar`.
   */
  'consul.hashicorp.com/sidecar-probe-check-timeout-seconds'?: Uint
}
