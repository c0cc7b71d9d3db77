import type { GoBool } from './values.ts'

/**
 * Resolution of names of the mesh on the VM: those under `.consul`, or under another domain (`domain`).
 *
 * @title DNS
 */
export interface DnsAnnotations {
  /**
   * Sends questions about names under `.consul` to Consul, so that applications can use `web.virtual.consul`.
   *
   * @verdict applies
   * @helm dns.enableRedirection
   * @since 0.37.0
   * @example "false"
   * @vm Without a value it follows `transparent-proxy`. It does not need the transparent proxy: where systemd-resolved 246
   * or newer runs, a drop-in forwards the domain to the agent's DNS port; elsewhere redirect rules do.
   */
  'consul.hashicorp.com/consul-dns'?: GoBool
}
