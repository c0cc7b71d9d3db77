import type { AbsolutePath, BindAddress, DatacenterName, DomainName, GoBool, JoinAddresses, Port } from './values.ts'

/**
 * The Consul agent of the VM: whom it joins, where it is reached, and where its secrets are. Named after the agent's own settings. A
 * setting that a file of the VM's own below `/etc/consul.d` has as well stays as that file has it.
 *
 * @title The agent
 */
export interface AgentAnnotations {
  /**
   * Addresses of servers to join, separated by commas, or cloud auto-join strings (a comma within one is written `\,`). Without it the
   * agent that the profile `full` installs has nobody to join, unless a file of the VM's own says so.
   *
   * @verdict applies
   * @helm client.join
   * @since consul-vm-inject 0.2.0
   * @example "provider=aws tag_key=consul tag_value=server"
   * @vm The agent's `retry_join`. Left out where another file in `/etc/consul.d` has one. `"-"` says that the image has what it takes.
   */
  'alpha.consul.hashicorp.com/retry-join'?: JoinAddresses

  /**
   * Datacenter of the servers, when it is not `dc1`.
   *
   * @verdict applies
   * @helm global.datacenter
   * @since consul-vm-inject 0.2.0
   * @example "dc2"
   * @vm The agent's `datacenter`.
   */
  'alpha.consul.hashicorp.com/datacenter'?: DatacenterName

  /**
   * Domain of Consul's names, when it is not `consul`: the names of the mesh are then `web.virtual.DOMAIN`.
   *
   * @verdict applies
   * @default "consul"
   * @helm global.domain
   * @since consul-vm-inject 0.2.0
   * @example "mesh.example.com"
   * @vm The agent's `domain`, and the names whose questions go to the agent (`consul-dns`).
   */
  'alpha.consul.hashicorp.com/domain'?: DomainName

  /**
   * Port on which the agent answers DNS, when it is not 8600.
   *
   * @verdict applies
   * @default "8600"
   * @since consul-vm-inject 0.2.0
   * @example "8653"
   * @vm The agent's `ports.dns`, and where questions about names of the mesh go (`consul-dns`).
   */
  'alpha.consul.hashicorp.com/dns-port'?: Port

  /**
   * Where the agent is reached by others: needed on a VM that has several networks. An address, the name of an interface, or a go-sockaddr
   * template.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "eth1"
   * @vm The agent's `bind_addr`; an interface becomes the template `{{ GetInterfaceIP "eth1" }}`.
   */
  'alpha.consul.hashicorp.com/bind-addr'?: BindAddress

  /**
   * File that holds the gossip key. Put it on the VM by other means than user-data; a credential of systemd for the whole system is
   * `/run/credentials/@system/NAME`.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/etc/consul.d/gossip.key"
   * @vm The agent's `encrypt`. Read on the guest, by root, into a file that only the agent can read.
   */
  'alpha.consul.hashicorp.com/encrypt-file'?: AbsolutePath

  /**
   * File that holds the ACL token of the agent itself. Put it on the VM by other means than user-data.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/etc/consul.d/tokens/agent"
   * @vm The agent's `acl.tokens.agent`, with `acl.enabled`. Read on the guest, by root, into a file that only the agent can read.
   */
  'alpha.consul.hashicorp.com/agent-token-file'?: AbsolutePath

  /**
   * CA file with which the agent verifies the servers.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/etc/consul.d/tls/ca.pem"
   * @vm `ca_file` of the agent's `tls.internal_rpc`, with `verify_outgoing` and `verify_server_hostname`.
   */
  'alpha.consul.hashicorp.com/rpc-ca-file'?: AbsolutePath

  /**
   * Certificate that the agent shows to the servers. Goes with `rpc-key-file`.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/etc/consul.d/tls/agent.pem"
   * @vm `cert_file` of the agent's `tls.internal_rpc`.
   */
  'alpha.consul.hashicorp.com/rpc-cert-file'?: AbsolutePath

  /**
   * Private key file of that certificate, which the agent can read. Only the path travels in user-data, never the key.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/etc/consul.d/tls/agent.key"
   * @vm `key_file` of the agent's `tls.internal_rpc`.
   */
  'alpha.consul.hashicorp.com/rpc-key-file'?: AbsolutePath

  /**
   * Has the agent get its certificate from the servers. Goes with `rpc-ca-file`.
   *
   * @verdict applies
   * @default "false"
   * @helm global.tls.enableAutoEncrypt
   * @since consul-vm-inject 0.2.0
   * @example "true"
   * @vm The agent's `auto_encrypt.tls`.
   */
  'alpha.consul.hashicorp.com/auto-encrypt'?: GoBool
}
