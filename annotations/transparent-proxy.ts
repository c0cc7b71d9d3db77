import type { Cidrs } from './network-values.ts'
import type { GoBool, PortRanges, Uids } from './values.ts'

/**
 * Redirection of the VM's TCP traffic into Envoy, and what is left out of it.
 *
 * @title Transparent proxy
 */
export interface TransparentProxyAnnotations {
  /**
   * Sends all TCP traffic of the machine through the sidecar, so that applications reach mesh services by name and need no
   * upstreams.
   *
   * @verdict applies
   * @default "true"
   * @helm connectInject.transparentProxy.defaultEnabled
   * @since 0.26.0
   * @example "false"
   * @vm `proxy.mode` is `transparent` when it is on, and `direct` when it is off, so that a proxy-defaults entry cannot
   * switch it on. The redirect rules stand only while Envoy runs.
   */
  'consul.hashicorp.com/transparent-proxy'?: GoBool

  /**
   * Inbound ports that stay outside the mesh: connections to them reach the VM's own processes directly.
   *
   * @verdict applies
   * @since 0.26.0
   * @example "9100,8000:8010"
   * @vm Comes after the automatic exclusions, which keep the VM reachable: SSH and the agent's gossip port 8301. Service
   * names are refused.
   */
  'consul.hashicorp.com/transparent-proxy-exclude-inbound-ports'?: PortRanges

  /**
   * Outbound ports that stay outside the mesh: connections to them leave the VM directly.
   *
   * @verdict applies
   * @since 0.26.0
   * @example "123,5432"
   * @vm As on Kubernetes.
   */
  'consul.hashicorp.com/transparent-proxy-exclude-outbound-ports'?: PortRanges

  /**
   * Destinations that stay outside the mesh.
   *
   * @verdict applies
   * @since 0.26.0
   * @example "10.0.0.0/8,192.0.2.7"
   * @vm Comes after the automatic exclusion of the instance metadata address, 169.254.169.254/32.
   */
  'consul.hashicorp.com/transparent-proxy-exclude-outbound-cidrs'?: Cidrs

  /**
   * Users whose outbound traffic stays outside the mesh.
   *
   * @verdict applies
   * @since 0.26.0
   * @example "1000,postgres"
   * @vm User names are looked up on the guest. The users `envoy` and `consul` are always excluded.
   */
  'consul.hashicorp.com/transparent-proxy-exclude-uids'?: Uids

  /**
   * On Kubernetes: rewrites HTTP probes so that the kubelet reaches them past mutual TLS.
   *
   * @verdict maps
   * @default "false"
   * @helm connectInject.transparentProxy.defaultOverwriteProbes
   * @since 0.26.0
   * @example "true"
   * @needs alpha.consul.hashicorp.com/health-check-http=http://127.0.0.1:8080/
   * @vm A VM has no kubelet, and the local agent's checks pass the rules anyway, so the default is `"false"` here. With
   * `"true"`, the transparent proxy and an HTTP or gRPC check, `proxy.expose.checks` is set: checkers outside the VM then
   * reach the service's checks through ports that the agent assigns.
   */
  'consul.hashicorp.com/transparent-proxy-overwrite-probes'?: GoBool

  /**
   * Whether the redirection covers IPv6 as well as IPv4.
   *
   * @verdict maps
   * @helm global.dualStack.enabled
   * @since 1.9.0
   * @example "true"
   * @needs enable-metrics=true
   * @vm The guest finds out by itself whether it has IPv6. `"true"` only makes the metrics listener bind `[::]`.
   */
  'consul.hashicorp.com/dual-stack'?: GoBool
}
