import type { GoBool, Text } from './values.ts'

/**
 * Keys that belong on Kubernetes objects other than Pods. They are allowed, but each draws a warning.
 *
 * @title Other Kubernetes objects
 */
export interface KubernetesObjectAnnotations {
  /**
   * The Kubernetes Service that registers the Pod, when several select it.
   *
   * @verdict warn
   * @since 0.43.0
   * @example "web"
   * @vm A VM has no Service objects. The name to register is in `connect-service`.
   */
  'consul.hashicorp.com/kubernetes-service'?: Text

  /**
   * Label on a Kubernetes Service that keeps it from being registered.
   *
   * @verdict warn
   * @since 0.38.0
   * @example "true"
   * @vm A VM has no Service objects. To keep the VM out of the mesh use `connect-inject: "false"`.
   */
  'consul.hashicorp.com/service-ignore'?: GoBool

  /**
   * Makes a peering resource run again.
   *
   * @verdict warn
   * @since 0.46.0
   * @example "2"
   * @vm Belongs on a peering resource. On a VM use `consul peering`; a peer's service is reached with
   * `connect-service-upstreams`.
   */
  'consul.hashicorp.com/peering-version'?: Text

  /**
   * Label of a Secret that holds a peering token.
   *
   * @verdict warn
   * @since 0.46.0
   * @example "true"
   * @vm Belongs on a Kubernetes Secret. On a VM use `consul peering establish`; a token never travels in user-data.
   */
  'consul.hashicorp.com/peering-token'?: Text

  /**
   * Whether a Kubernetes Service is synced to the Consul catalogue.
   *
   * @verdict warn
   * @since 0.1.0
   * @example "true"
   * @vm A VM has no Service objects; its service is registered by the local agent. Use `connect-inject`.
   */
  'consul.hashicorp.com/service-sync'?: GoBool

  /**
   * Lets a custom resource take over an existing config entry.
   *
   * @verdict warn
   * @since 0.24.0
   * @example "true"
   * @vm Belongs on a custom resource. A VM carries no config entries: use `consul config write`.
   */
  'consul.hashicorp.com/migrate-entry'?: Text

  /**
   * Datacenter from which a config entry came; the controller writes it.
   *
   * @verdict warn
   * @since unknown
   * @example "dc1"
   * @vm Belongs on a config entry. The VM's datacenter is set in the agent, by `global.datacenter` in a values file.
   */
  'consul.hashicorp.com/source-datacenter'?: Text

  /**
   * User ids that OpenShift gives to a namespace.
   *
   * @verdict warn
   * @since unknown
   * @example "1000700000/10000"
   * @vm A VM's sidecar always runs as the user `envoy`. To keep a user's traffic out of the mesh use
   * `transparent-proxy-exclude-uids`.
   */
  'openshift.io/sa.scc.uid-range'?: Text

  /**
   * Groups that OpenShift gives to a namespace.
   *
   * @verdict warn
   * @since unknown
   * @example "1000700000/10000"
   * @vm A VM's sidecar always runs as the user `envoy`, so there is nothing to choose.
   */
  'openshift.io/sa.scc.supplemental-groups'?: Text

  /**
   * When a controller last renewed a Secret.
   *
   * @verdict warn
   * @since unknown
   * @example "2026-01-01T00:00:00Z"
   * @vm Written by a controller on Kubernetes Secrets, so there is nothing to read on a VM.
   */
  'secret/*/last-rotation'?: Text
}
