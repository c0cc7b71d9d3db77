/** `connectInject`: defaults for the annotations. */
export interface ConnectInjectValues {
  /**
   * Default of `connect-inject`: whether user-data without that annotation is injected.
   *
   * @default false
   */
  default?: boolean

  /** The transparent proxy. */
  transparentProxy?: {
    /**
     * Default of `transparent-proxy`.
     *
     * @default true
     */
    defaultEnabled?: boolean

    /**
     * Default of `transparent-proxy-overwrite-probes`. The chart's own default, true, does not hold on a VM.
     *
     * @default false
     */
    defaultOverwriteProbes?: boolean
  }

  /** Metrics of the sidecar. */
  metrics?: {
    /**
     * Default of `enable-metrics`. `"-"` follows `global.metrics.enabled`.
     *
     * @default "-"
     */
    defaultEnabled?: Switch

    /**
     * Default of `prometheus-scrape-port`.
     *
     * @default 20200
     */
    defaultPrometheusScrapePort?: WholeNumber

    /**
     * Default of `prometheus-scrape-path`.
     *
     * @default "/metrics"
     */
    defaultPrometheusScrapePath?: string
  }

  /** Default of `envoy-extra-args`. */
  envoyExtraArgs?: string | null

  /** The sidecar. */
  sidecarProxy?: {
    /**
     * Default of `consul-envoy-proxy-concurrency`.
     *
     * @default 2
     */
    concurrency?: WholeNumber

    /** What the sidecar may use. */
    resources?: {
      /** What the sidecar needs. */
      requests?: {
        /** Default of `sidecar-proxy-cpu-request`. */
        cpu?: Quantity

        /** Default of `sidecar-proxy-memory-request`. */
        memory?: Quantity
      } | null

      /** The most that the sidecar gets. */
      limits?: {
        /** Default of `sidecar-proxy-cpu-limit`. */
        cpu?: Quantity

        /** Default of `sidecar-proxy-memory-limit`. */
        memory?: Quantity
      } | null
    } | null

    /** How the sidecar starts and stops. */
    lifecycle?: {
      /**
       * Default of `enable-sidecar-proxy-lifecycle`.
       *
       * @default true
       */
      defaultEnabled?: boolean

      /**
       * Default of `enable-sidecar-proxy-lifecycle-shutdown-drain-listeners`.
       *
       * @default true
       */
      defaultEnableShutdownDrainListeners?: boolean

      /**
       * Default of `sidecar-proxy-lifecycle-shutdown-grace-period-seconds`.
       *
       * @default 30
       */
      defaultShutdownGracePeriodSeconds?: WholeNumber

      /**
       * Default of `sidecar-proxy-lifecycle-startup-grace-period-seconds`.
       *
       * @default 0
       */
      defaultStartupGracePeriodSeconds?: WholeNumber
    }

    /**
     * Default of `sidecar-proxy-startup-failure-seconds`.
     *
     * @default 0
     */
    defaultStartupFailureSeconds?: WholeNumber

    /**
     * Default of `sidecar-proxy-liveness-failure-seconds`.
     *
     * @default 0
     */
    defaultLivenessFailureSeconds?: WholeNumber
  }

  /** The sidecar before the application. */
  dataplaneAsSidecarInitContainer?: {
    /**
     * Default of `enable-consul-dataplane-as-sidecar`.
     *
     * @default false
     */
    defaultEnabled?: boolean

    /**
     * Default of `sidecar-initial-probe-check-delay-seconds`.
     *
     * @default 1
     */
    initialProbeCheckDelaySeconds?: WholeNumber

    /**
     * Default of `sidecar-probe-period-seconds`.
     *
     * @default 1
     */
    probeCheckPeriodSeconds?: WholeNumber

    /**
     * Default of `sidecar-probe-failure-threshold`.
     *
     * @default 10
     */
    probeCheckFailureThreshold?: WholeNumber

    /**
     * Default of `sidecar-probe-check-timeout-seconds`.
     *
     * @default 5
     */
    probeCheckTimeoutSeconds?: WholeNumber
  }

  /** Consul Enterprise: namespaces. */
  consulNamespaces?: {
    /**
     * Default of `consul-namespace`, when `global.enableConsulNamespaces` is true.
     *
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
