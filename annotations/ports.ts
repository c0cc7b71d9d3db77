import type { ExposePaths, UnprivilegedPort } from './values.ts'

/**
 * Where the sidecar listens, when something else on the VM has its ports. A port of Envoy's that somebody else listens on is named in
 * the log before Envoy starts, with who it is and the annotation that moves it; nothing is redirected then.
 *
 * @title Ports of the sidecar
 */
export interface PortAnnotations {
  /**
   * Port of Envoy's admin API, when something else on the VM has it.
   *
   * @verdict applies
   * @default "19000"
   * @since consul-vm-inject 0.2.0
   * @example "19100"
   * @vm `-admin-bind` of `consul connect envoy`, on 127.0.0.1. The second service of a VM has the next one, and so on; so with all ports
   * that are moved.
   */
  'alpha.consul.hashicorp.com/admin-port'?: UnprivilegedPort

  /**
   * Port of the sidecar's public listener, which other sidecars connect to.
   *
   * @verdict applies
   * @default "20000"
   * @since consul-vm-inject 0.2.0
   * @example "21250"
   * @vm `port` of the sidecar's registration. Open it in the firewall in place of 20000.
   */
  'alpha.consul.hashicorp.com/sidecar-port'?: UnprivilegedPort

  /**
   * Port of the listener that outbound traffic is redirected to.
   *
   * @verdict applies
   * @default "15001"
   * @since consul-vm-inject 0.2.0
   * @example "15101"
   * @vm `proxy.transparent_proxy.outbound_listener_port` of the sidecar.
   */
  'alpha.consul.hashicorp.com/outbound-port'?: UnprivilegedPort

  /**
   * Port of Envoy's ready listener, which `use-proxy-health-check` asks for.
   *
   * @verdict applies
   * @default "20800"
   * @since consul-vm-inject 0.2.0
   * @example "20900"
   * @needs use-proxy-health-check=true
   * @vm `-envoy-ready-bind-port` of `consul connect envoy`, on 127.0.0.1.
   */
  'alpha.consul.hashicorp.com/ready-port'?: UnprivilegedPort

  /**
   * Paths of the service that are reached from outside the mesh, without mutual TLS: health checks and metrics.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "20210:8080/health,20211:9102/metrics"
   * @vm `proxy.expose.paths` of the first service's sidecar: Envoy listens on each listener port. Those ports are not redirected.
   */
  'alpha.consul.hashicorp.com/expose-paths'?: ExposePaths
}
