import type { GoBool } from './values.ts'

/**
 * Resolution of names of the mesh on the VM: those under `.consul`, or under another domain (`domain`).
 *
 * The domain is `alpha.consul.hashicorp.com/domain`, `consul` without one. Names in it are asked of the VM's own agent as long as the
 * sidecar is up, and no resolver is set up differently for it, but for systemd-resolved. Elsewhere rules look at the name in a question:
 * one in the domain goes to the agent's DNS port, to whichever server it was sent. Other names never come near the agent, so that they
 * are answered when it is dead, by the servers that always did. `/etc/resolv.conf` is never written: search domains, `ndots` and what a
 * lease brings stay. The agent's own questions are left alone. At a stop of the sidecar, drop-in and rules are gone; both are in memory,
 * so a crash leaves nothing.
 *
 * | Who is asked (`/etc/resolv.conf`)              | Way                          | Run for real                                |
 * | ---------------------------------------------- | ---------------------------- | ------------------------------------------- |
 * | systemd-resolved 246 or newer (127.0.0.53)     | drop-in, DNSSEC off          | systemd 252                                 |
 * | the same, with servers of its own (`DNS=`)     | rules                        | no                                          |
 * | systemd-resolved before 246                    | rules                        | no                                          |
 * | a server elsewhere: static, or by dhclient     | rules                        | static; a lease as dhclient writes it       |
 * | dnsmasq, unbound on the VM                     | rules                        | dnsmasq 2.90, unbound 1.17                  |
 * | NetworkManager by itself                       | rules                        | NetworkManager 1.42                         |
 * | NetworkManager with `dns=dnsmasq`              | rules                        | no                                          |
 * | NetworkManager with `dns=systemd-resolved`     | as systemd-resolved          | no                                          |
 * | resolvconf, openresolv, netconfig              | rules                        | no                                          |
 * | a server of IPv6                               | rules, to the agent at `::1` | stand-in for the agent                      |
 * | over TCP (`use-vc`), DNS over TLS or HTTPS     | not supported                | -                                           |
 * | from a container's own network                 | not supported                | -                                           |
 *
 * The rules are nftables (raw and nat, kernel 5.2 or newer), and where `nft` is missing or refuses, iptables with the match `string`;
 * both were run, with iptables of either backend. Where neither works, the log says so, and nothing else changes.
 *
 * @title DNS
 */
export interface DnsAnnotations {
  /**
   * Sends questions for names under `.consul` (or `global.domain` of the values file) to Consul, so that applications can use
   * `web.virtual.consul`.
   *
   * @verdict applies
   * @helm dns.enableRedirection
   * @since 0.37.0
   * @example "false"
   * @vm Without a value it follows `transparent-proxy`. It does not need the transparent proxy: where programs ask systemd-resolved 246
   * or newer, a drop-in forwards the domain to the agent's DNS port; elsewhere redirect rules do, whatever the resolver.
   */
  'consul.hashicorp.com/consul-dns'?: GoBool
}
