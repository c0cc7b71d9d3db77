import type { CpuQuantity, MemoryQuantity, ShellWords, Uint } from './values.ts'

/**
 * What the sidecar may use, and how Envoy is started.
 *
 * @title Sidecar resources
 */
export interface ResourceAnnotations {
  /**
   * The most processor time that the sidecar gets. 0 sets no limit.
   *
   * @verdict maps
   * @helm connectInject.sidecarProxy.resources.limits.cpu
   * @since 0.16.0
   * @example "500m"
   * @vm `CPUQuota=` of the `envoy@` unit: `500m` is 50%, `2` is 200%.
   */
  'consul.hashicorp.com/sidecar-proxy-cpu-limit'?: CpuQuantity

  /**
   * The processor time that the sidecar needs.
   *
   * @verdict maps
   * @helm connectInject.sidecarProxy.resources.requests.cpu
   * @since 0.16.0
   * @example "2"
   * @vm `CPUWeight=` of the `envoy@` unit, and only above one core: a smaller weight would put Envoy behind the application.
   */
  'consul.hashicorp.com/sidecar-proxy-cpu-request'?: CpuQuantity

  /**
   * The most memory that the sidecar gets. 0 sets no limit.
   *
   * @verdict maps
   * @helm connectInject.sidecarProxy.resources.limits.memory
   * @since 0.16.0
   * @example "256Mi"
   * @vm `MemoryMax=` of the `envoy@` unit, in bytes.
   */
  'consul.hashicorp.com/sidecar-proxy-memory-limit'?: MemoryQuantity

  /**
   * The memory that the sidecar needs.
   *
   * @verdict maps
   * @helm connectInject.sidecarProxy.resources.requests.memory
   * @since 0.16.0
   * @example "100Mi"
   * @vm `MemoryLow=` of the `envoy@` unit, in bytes: memory that is taken from Envoy last. Needs cgroup v2.
   */
  'consul.hashicorp.com/sidecar-proxy-memory-request'?: MemoryQuantity

  /**
   * Worker threads of Envoy. 0 is one for each hardware thread.
   *
   * @verdict maps
   * @default "2"
   * @helm connectInject.sidecarProxy.concurrency
   * @since 0.45.0
   * @example "4"
   * @vm Envoy's `--concurrency`. One in `envoy-extra-args` wins, with a warning.
   */
  'consul.hashicorp.com/consul-envoy-proxy-concurrency'?: Uint

  /**
   * More command-line arguments for Envoy. They replace the default ones as a whole; an empty value clears them.
   *
   * @verdict applies
   * @helm connectInject.envoyExtraArgs
   * @since 0.20.0
   * @example "--log-level debug --disable-hot-restart"
   * @vm Stand after `--` in the `envoy@` unit's command, each word quoted for systemd. `-envoy-binary=PATH` and
   * `-ignore-envoy-compatibility` are flags of `consul connect envoy` and stand before it.
   */
  'consul.hashicorp.com/envoy-extra-args'?: ShellWords
}
