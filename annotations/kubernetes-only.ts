import type { GoBool, JsonArray, Port, Text, UnprivilegedPort, UrlPath } from './values.ts'

/**
 * Keys that have a meaning in Kubernetes only. They are allowed, so that a Pod's annotations can be taken over as they are,
 * but each draws a warning.
 *
 * @title Kubernetes only
 */
export interface KubernetesOnlyAnnotations {
  /**
   * Containers that get the injector's shared volume.
   *
   * @verdict warn
   * @since 0.43.0
   * @example "web,worker"
   * @vm A VM has no containers to share a volume between: its files are the host's own. Put files there with
   * `write_files`.
   */
  'consul.hashicorp.com/connect-inject-mount-volume'?: Text

  /**
   * Volumes to add to the Pod for the sidecar.
   *
   * @verdict warn
   * @since 0.46.0
   * @example '[{"name": "certs", "emptyDir": {}}]'
   * @vm The sidecar sees the VM's file system. Put files there with `write_files`.
   */
  'consul.hashicorp.com/consul-sidecar-user-volume'?: JsonArray

  /**
   * Volumes to mount into the sidecar container.
   *
   * @verdict warn
   * @since 0.46.0
   * @example '[{"name": "certs", "mountPath": "/certs"}]'
   * @vm The sidecar sees the VM's file system: give it the real path. Put files there with `write_files`.
   */
  'consul.hashicorp.com/consul-sidecar-user-volume-mount'?: JsonArray

  /**
   * Merges the application's metrics with Envoy's behind one port.
   *
   * @verdict warn
   * @default "false"
   * @since 0.25.0
   * @example "true"
   * @vm Nothing on a VM merges metrics. Let Prometheus scrape the application on its own port, and Envoy with
   * `enable-metrics`. Together with the `prometheus-*` TLS keys, or with several services, `"true"` is an error.
   */
  'consul.hashicorp.com/enable-metrics-merging'?: GoBool

  /**
   * Port on which the merged metrics are served inside the Pod.
   *
   * @verdict warn
   * @default "20100"
   * @since 0.25.0
   * @example "20100"
   * @vm Nothing on a VM merges metrics. Let Prometheus scrape the application on its own port, and Envoy with
   * `enable-metrics`.
   */
  'consul.hashicorp.com/merged-metrics-port'?: UnprivilegedPort

  /**
   * Port of the application's metrics, for merging.
   *
   * @verdict warn
   * @since 0.25.0
   * @example "9102"
   * @vm Nothing on a VM merges metrics. Let Prometheus scrape the application on its own port, and Envoy with
   * `enable-metrics`.
   */
  'consul.hashicorp.com/service-metrics-port'?: Port

  /**
   * Path of the application's metrics, for merging.
   *
   * @verdict warn
   * @default "/metrics"
   * @since 0.25.0
   * @example "/metrics"
   * @vm Nothing on a VM merges metrics. Let Prometheus scrape the application on its own port, and Envoy with
   * `enable-metrics`.
   */
  'consul.hashicorp.com/service-metrics-path'?: UrlPath

  /**
   * What an AI workload is to the mesh (`ai-role`: an agent, an MCP server or a model), and the settings of what serves it (`ai-agent-config`
   * and others). Consul Enterprise only.
   *
   * @verdict warn
   * @since 2.1.0
   * @example "ai-agent"
   * @vm On Kubernetes containers beside the Pod's own serve it, with settings from custom resources; a VM has neither. The
   * service joins the mesh as any other: leave the key out. Use intentions (`consul intention create`) to say who may call it.
   */
  'consul.hashicorp.com/ai-*'?: Text

  /**
   * Gives the Pod an identity by OAuth, with containers beside its own. Consul Enterprise only.
   *
   * @verdict warn
   * @since 2.1.0
   * @example "true"
   * @vm A VM has no such containers. Use `acl-auth-method` for the identity of the VM.
   */
  'consul.hashicorp.com/oauth-client'?: Text

  /**
   * Tells Prometheus to scrape the Pod.
   *
   * @verdict warn
   * @since 0.25.0
   * @example "true"
   * @vm Prometheus does not discover VMs by annotations. Use `enable-metrics` and `prometheus-scrape-port`, and
   * Prometheus' own Consul service discovery.
   */
  'prometheus.io/scrape'?: Text

  /**
   * Port at which Prometheus scrapes the Pod.
   *
   * @verdict warn
   * @since 0.25.0
   * @example "20200"
   * @vm Prometheus does not discover VMs by annotations. Use `enable-metrics` and `prometheus-scrape-port`, and
   * Prometheus' own Consul service discovery.
   */
  'prometheus.io/port'?: Text

  /**
   * Path at which Prometheus scrapes the Pod.
   *
   * @verdict warn
   * @since 0.25.0
   * @example "/metrics"
   * @vm Prometheus does not discover VMs by annotations. Use `enable-metrics` and `prometheus-scrape-path`, and
   * Prometheus' own Consul service discovery.
   */
  'prometheus.io/path'?: Text

  /**
   * Label of HashiCorp's telemetry collector.
   *
   * @verdict warn
   * @since 1.1.8
   * @example "true"
   * @vm The collector runs in Kubernetes. For Envoy's metrics use `enable-metrics`.
   */
  'consul.hashicorp.com/telemetry-collector'?: Text

  /**
   * Port of consul-dataplane's lifecycle server.
   *
   * @verdict warn
   * @default "20600"
   * @since 1.0.8
   * @example "20600"
   * @vm There is no such server on a VM: the `envoy@` unit's own stop sequence does this. Use
   * `sidecar-proxy-lifecycle-shutdown-grace-period-seconds`.
   */
  'consul.hashicorp.com/sidecar-proxy-lifecycle-graceful-port'?: UnprivilegedPort

  /**
   * Path on which consul-dataplane's lifecycle server takes the order to stop.
   *
   * @verdict warn
   * @default "/graceful_shutdown"
   * @since 1.0.8
   * @example "/graceful_shutdown"
   * @vm There is no such server on a VM: the `envoy@` unit's own stop sequence does this. Use
   * `sidecar-proxy-lifecycle-shutdown-grace-period-seconds`.
   */
  'consul.hashicorp.com/sidecar-proxy-lifecycle-graceful-shutdown-path'?: UrlPath

  /**
   * Path on which consul-dataplane's lifecycle server tells that Envoy is ready.
   *
   * @verdict warn
   * @default "/graceful_startup"
   * @since 1.3.5
   * @example "/graceful_startup"
   * @vm There is no such server on a VM: the `envoy@` unit's own start sequence does this. Use
   * `sidecar-proxy-lifecycle-startup-grace-period-seconds`.
   */
  'consul.hashicorp.com/sidecar-proxy-lifecycle-graceful-startup-path'?: UrlPath
}
