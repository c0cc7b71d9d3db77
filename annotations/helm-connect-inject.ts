/** `connectInject`: defaults for the annotations. */
export interface ConnectInjectValues {
  /**
   * Default of `connect-inject`: whether user-data without that annotation is injected.
   *
   * @chart Whether Pods without the annotation are injected.
   * @default false
   */
  default?: boolean

  /** The transparent proxy. */
  transparentProxy?: {
    /**
     * Default of `transparent-proxy`.
     *
     * @chart The same for Pods.
     * @default true
     */
    defaultEnabled?: boolean

    /**
     * Default of `transparent-proxy-overwrite-probes`. The chart's own default, true, does not hold on a VM.
     *
     * @chart The same for Pods.
     * @default false
     */
    defaultOverwriteProbes?: boolean
  }

  /** Metrics of the sidecar. */
  metrics?: {
    /**
     * Default of `enable-metrics`. `"-"` follows `global.metrics.enabled`.
     *
     * @chart The same for Pods.
     * @default "-"
     */
    defaultEnabled?: Switch

    /**
     * Default of `prometheus-scrape-port`.
     *
     * @chart The same for Pods.
     * @default 20200
     */
    defaultPrometheusScrapePort?: WholeNumber

    /**
     * Default of `prometheus-scrape-path`.
     *
     * @chart The same for Pods.
     * @default "/metrics"
     */
    defaultPrometheusScrapePath?: string
  }

  /**
   * Default of `envoy-extra-args`.
   *
   * @chart The same for Pods.
   */
  envoyExtraArgs?: string | null

  /** The sidecar. */
  sidecarProxy?: {
    /**
     * Default of `consul-envoy-proxy-concurrency`.
     *
     * @chart The same for Pods.
     * @default 2
     */
    concurrency?: WholeNumber

    /** What the sidecar may use. */
    resources?: {
      /** What the sidecar needs. */
      requests?: {
        /**
         * Default of `sidecar-proxy-cpu-request`.
         *
         * @chart The same for Pods.
         */
        cpu?: Quantity

        /**
         * Default of `sidecar-proxy-memory-request`.
         *
         * @chart The same for Pods.
         */
        memory?: Quantity
      } | null

      /** The most that the sidecar gets. */
      limits?: {
        /**
         * Default of `sidecar-proxy-cpu-limit`.
         *
         * @chart The same for Pods.
         */
        cpu?: Quantity

        /**
         * Default of `sidecar-proxy-memory-limit`.
         *
         * @chart The same for Pods.
         */
        memory?: Quantity
      } | null
    } | null

    /** How the sidecar starts and stops. */
    lifecycle?: {
      /**
       * Default of `enable-sidecar-proxy-lifecycle`.
       *
       * @chart The same for Pods.
       * @default true
       */
      defaultEnabled?: boolean

      /**
       * Default of `enable-sidecar-proxy-lifecycle-shutdown-drain-listeners`.
       *
       * @chart The same for Pods.
       * @default true
       */
      defaultEnableShutdownDrainListeners?: boolean

      /**
       * Default of `sidecar-proxy-lifecycle-shutdown-grace-period-seconds`.
       *
       * @chart The same for Pods.
       * @default 30
       */
      defaultShutdownGracePeriodSeconds?: WholeNumber

      /**
       * Default of `sidecar-proxy-lifecycle-startup-grace-period-seconds`.
       *
       * @chart The same for Pods.
       * @default 0
       */
      defaultStartupGracePeriodSeconds?: WholeNumber
    }

    /**
     * Default of `sidecar-proxy-startup-failure-seconds`.
     *
     * @chart Startup probe of the sidecar container.
     * @default 0
     */
    defaultStartupFailureSeconds?: WholeNumber

    /**
     * Default of `sidecar-proxy-liveness-failure-seconds`.
     *
     * @chart Liveness probe of the sidecar container.
     * @default 0
     */
    defaultLivenessFailureSeconds?: WholeNumber
  }

  /** The sidecar before the application. */
  dataplaneAsSidecarInitContainer?: {
    /**
     * Default of `enable-consul-dataplane-as-sidecar`.
     *
     * @chart Whether the sidecar is ready before containers start.
     * @default false
     */
    defaultEnabled?: boolean

    /**
     * Default of `sidecar-initial-probe-check-delay-seconds`.
     *
     * @chart Startup probe of that sidecar.
     * @default 1
     */
    initialProbeCheckDelaySeconds?: WholeNumber

    /**
     * Default of `sidecar-probe-period-seconds`.
     *
     * @chart Startup probe of that sidecar.
     * @default 1
     */
    probeCheckPeriodSeconds?: WholeNumber

    /**
     * Default of `sidecar-probe-failure-threshold`.
     *
     * @chart Startup probe of that sidecar.
     * @default 10
     */
    probeCheckFailureThreshold?: WholeNumber

    /**
     * Default of `sidecar-probe-check-timeout-seconds`.
     *
     * @chart Startup probe of that sidecar.
     * @default 5
     */
    probeCheckTimeoutSeconds?: WholeNumber
  }

  /** The node in Consul. */
  consulNode?: {
    /**
     * Adds to `client.nodeMeta`.
     *
     * @chart Meta of the nodes that the injector registers.
     * @example {"zone": "a"}
     */
    meta?: { [key: string]: string | number | boolean | null } | null
  }

  /**
   * As `global.image`, where neither that nor `client.image` tells a version: on a VM agent and sidecar are started by one Consul.
   *
   * @chart Image of Consul in injected Pods.
   * @example "hashicorp/consul:1.22.0"
   */
  imageConsul?: string | null

  /**
   * As `global.imageEnvoy`, which outranks it.
   *
   * @chart Image of Envoy in charts before `global.imageEnvoy`.
   * @example "envoyproxy/envoy:v1.35.3"
   */
  imageEnvoy?: string | null

  /** Consul Enterprise: namespaces. */
  consulNamespaces?: {
    /**
     * Default of `consul-namespace`, when `global.enableConsulNamespaces` is true.
     *
     * @chart Namespace of all Pods, unless `mirroringK8S` is on.
     * @default "default"
     */
    consulDestinationNamespace?: string
  }
}

/**
 * A whole number, zero or more; a string of digits is accepted too.
 *
 * @minimum 0
 * @multipleOf 1
 * @pattern ^[0-9]+$
 */
export type WholeNumber = number | string

/**
 * True or false, or `"-"`: as another value says.
 */
export type Switch = true | false | '-'

/** An amount as Kubernetes writes it; a bare number is accepted too. */
export type Quantity = string | number | null
