import type { CpuQuantity, Duration, MemoryQuantity, Text } from './values.ts'

/**
 * Keys that consul-k8s itself no longer reads. Each draws a warning.
 *
 * @title Removed
 */
export interface RemovedAnnotations {
  /**
   * Protocol of the service.
   *
   * @verdict warn
   * @since 0.8.0 to 0.49.8
   * @example "http"
   * @vm The protocol has to come from a service-defaults config entry, where other proxies see it too. Use `consul
   * config write` with `Kind = "service-defaults"` and `Protocol`.
   */
  'consul.hashicorp.com/connect-service-protocol'?: Text

  /**
   * How often the registration was repeated.
   *
   * @verdict warn
   * @since 0.10.0 to 0.49.8
   * @example "10s"
   * @vm Nothing repeats a registration: the agent keeps it. Leave the key out, there is nothing to use instead.
   */
  'consul.hashicorp.com/connect-sync-period'?: Duration

  /**
   * Processor time limit of the former consul-sidecar container.
   *
   * @verdict warn
   * @since 0.40.0 to 0.49.8
   * @example "20m"
   * @vm It was for a container that is gone. Use `sidecar-proxy-cpu-limit`.
   */
  'consul.hashicorp.com/consul-sidecar-cpu-limit'?: CpuQuantity

  /**
   * Processor time request of the former consul-sidecar container.
   *
   * @verdict warn
   * @since 0.40.0 to 0.49.8
   * @example "20m"
   * @vm It was for a container that is gone. Use `sidecar-proxy-cpu-request`.
   */
  'consul.hashicorp.com/consul-sidecar-cpu-request'?: CpuQuantity

  /**
   * Memory limit of the former consul-sidecar container.
   *
   * @verdict warn
   * @since 0.40.0 to 0.49.8
   * @example "50Mi"
   * @vm It was for a container that is gone. Use `sidecar-proxy-memory-limit`.
   */
  'consul.hashicorp.com/consul-sidecar-memory-limit'?: MemoryQuantity

  /**
   * Memory request of the former consul-sidecar container.
   *
   * @verdict warn
   * @since 0.40.0 to 0.49.8
   * @example "25Mi"
   * @vm It was for a container that is gone. Use `sidecar-proxy-memory-request`.
   */
  'consul.hashicorp.com/consul-sidecar-memory-request'?: MemoryQuantity
}
