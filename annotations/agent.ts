import type { BindAddress, DomainName, JoinAddresses } from './network-values.ts'
import type { AbsolutePath, DatacenterName, GoBool, Port, UnitName, UserName } from './values.ts'

/**
 * The Consul agent of the VM: whom it joins, where it is reached, and where its secrets are. Named after the agent's own settings. A
 * setting that a file of the VM's own in the agent's configuration directory has as well stays as that file has it.
 *
 * An agent that is there already is found by its process, or by its unit while it does not run: its directory, its user, what starts
 * it. A second one is never started beside it.
 *
 * | An agent that is there | Supported | Run for real (`test/mesh/test_there.py`, or as named) |
 * | --- | --- | --- |
 * | `consul.service` of HashiCorp's package | yes, started where it does not run | yes: every other suite of the mesh |
 * | `consul.service` of another directory and user | yes, found | yes: counts, and its user is not captured |
 * | a unit of another name | yes, found, by what is enabled before its first start; else by `agent-unit` | yes: counts, also after a reboot |
 * | a process without a unit, in a mount namespace and a PID namespace of its own, as in a container with the host's network | yes, found; it has to have a port for Envoy (`ports { grpc = 8502 }`), and gets the service by its API | yes: counts, also after a reboot; no container engine was run |
 * | a container with a network of its own, its ports published | by `agent-unit`; the service comes by its API | no |
 * | an agent that runs as root | yes; its ports are left alone, not its user | as a unit test of the guest |
 * | an agent whose API is elsewhere | by `http-addr` | yes: `test_guarded.py` (HTTPS on 8501) |
 * | an agent that refuses the registration | told; what was there stays | yes: `service.ports` on the community edition |
 * | ports of Envoy's that are taken | told, with the owner; moved by annotation | yes: 19000, 20000 and 15001 |
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
   * @vm The agent's `retry_join`. Left out where another file in the agent's configuration directory has one. `"-"` says that the image has what it takes.
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

  /**
   * The systemd unit that brings the agent, when it is not found: `docker.service`, for example, where it comes up in a container
   * after the VM has joined.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "consul-agent.service"
   * @vm This unit is started, reloaded and restarted as `consul.service` else is, and `consul.service` is left alone. The sidecar comes
   * after it. Without it: the unit whose process the agent is, the enabled unit that starts an agent, or `consul.service`.
   */
  'alpha.consul.hashicorp.com/agent-unit'?: UnitName

  /**
   * The agent's configuration directory, when it is not found.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/opt/consul/config"
   * @vm The registration and the agent's settings are put there, too. Without it: `-config-dir` of the agent that runs (`/etc/consul.d`
   * before others; of one in a container as the container sees it), or of its unit. An agent that does not know the service all the
   * same gets it by its API (`consul services register`).
   */
  'alpha.consul.hashicorp.com/agent-config-dir'?: AbsolutePath

  /**
   * The user that the agent runs as, when it is not found: a name or a number.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "100"
   * @vm Its traffic is not redirected, and what is secret is for its eyes only. Without it: the user of the agent's process, of its unit, or
   * `consul`. Of an agent that runs as root the ports 8300 to 8302 of others are left alone, not all that root does.
   */
  'alpha.consul.hashicorp.com/agent-user'?: UserName
}
