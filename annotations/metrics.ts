import type { AbsolutePath, GoBool, UnprivilegedPort, UrlPath } from './values.ts'

/**
 * Envoy's metrics for Prometheus.
 *
 * @title Metrics
 */
export interface MetricsAnnotations {
  /**
   * Makes the sidecar serve Envoy's metrics to Prometheus.
   *
   * @verdict applies
   * @default "false"
   * @helm connectInject.metrics.defaultEnabled
   * @since 0.25.0
   * @example "true"
   * @vm Sets `envoy_prometheus_bind_addr` in the proxy's configuration; the scrape port is excluded from redirection.
   */
  'consul.hashicorp.com/enable-metrics'?: GoBool

  /**
   * Port on which Prometheus finds the metrics.
   *
   * @verdict applies
   * @default "20200"
   * @helm connectInject.metrics.defaultPrometheusScrapePort
   * @since 0.25.0
   * @example "20201"
   * @needs enable-metrics=true
   * @vm As on Kubernetes.
   */
  'consul.hashicorp.com/prometheus-scrape-port'?: UnprivilegedPort

  /**
   * Path on which Prometheus finds the metrics.
   *
   * @verdict applies
   * @default "/metrics"
   * @helm connectInject.metrics.defaultPrometheusScrapePath
   * @since 0.25.0
   * @example "/stats/prometheus"
   * @needs enable-metrics=true
   * @vm Passed to `consul connect envoy` as `-prometheus-scrape-path`.
   */
  'consul.hashicorp.com/prometheus-scrape-path'?: UrlPath

  /**
   * CA file for TLS on the metrics listener. TLS needs a CA (a file or a directory), a certificate and a key, all three.
   *
   * @verdict applies
   * @since 0.46.0
   * @example "/etc/envoy/tls/ca.pem"
   * @needs enable-metrics=true prometheus-cert-file=/etc/envoy/tls/cert.pem prometheus-key-file=/etc/envoy/tls/key.pem
   * @vm Passed to `consul connect envoy` as `-prometheus-ca-file`. The user `envoy` has to be able to read it.
   */
  'consul.hashicorp.com/prometheus-ca-file'?: AbsolutePath

  /**
   * Directory of CA files for TLS on the metrics listener, instead of `prometheus-ca-file`.
   *
   * @verdict applies
   * @since 0.46.0
   * @example "/etc/envoy/tls/ca.d"
   * @needs enable-metrics=true prometheus-cert-file=/etc/envoy/tls/cert.pem prometheus-key-file=/etc/envoy/tls/key.pem
   * @vm Passed to `consul connect envoy` as `-prometheus-ca-path`. The user `envoy` has to be able to read it.
   */
  'consul.hashicorp.com/prometheus-ca-path'?: AbsolutePath

  /**
   * Certificate file for TLS on the metrics listener.
   *
   * @verdict applies
   * @since 0.46.0
   * @example "/etc/envoy/tls/metrics.pem"
   * @needs enable-metrics=true prometheus-ca-file=/etc/envoy/tls/ca.pem prometheus-key-file=/etc/envoy/tls/key.pem
   * @vm Passed to `consul connect envoy` as `-prometheus-cert-file`. The user `envoy` has to be able to read it.
   */
  'consul.hashicorp.com/prometheus-cert-file'?: AbsolutePath

  /**
   * Private key file for TLS on the metrics listener.
   *
   * @verdict applies
   * @since 0.46.0
   * @example "/etc/envoy/tls/metrics.key"
   * @needs enable-metrics=true prometheus-ca-file=/etc/envoy/tls/ca.pem prometheus-cert-file=/etc/envoy/tls/cert.pem
   * @vm Passed to `consul connect envoy` as `-prometheus-key-file`. The user `envoy` has to be able to read it. Only the
   * path travels in user-data, never the key.
   */
  'consul.hashicorp.com/prometheus-key-file'?: AbsolutePath
}
