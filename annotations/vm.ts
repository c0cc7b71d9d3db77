import type { GrpcTarget, HostPort, Ip, Url } from './network-values.ts'
import type { Duration, FailureMode, GoBool, Locality, UnitName } from './values.ts'

/**
 * Keys of this tool, for what a VM has and a Pod has not. consul-k8s does not know them.
 *
 * @title VM only
 */
export interface VmAnnotations {
  /**
   * Virtual IP address under which other services reach this one. Rarely needed: Consul assigns each mesh service a virtual
   * IP of its own.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "10.1.2.3"
   * @vm Becomes the tagged address `virtual` of the service and of its sidecar, in place of a Kubernetes Service's cluster
   * IP. Needs the transparent proxy and a port.
   */
  'alpha.consul.hashicorp.com/virtual-ip'?: Ip

  /**
   * Keeps SSH out of the inbound redirection. Switch it off only when the VM has another way in.
   *
   * @verdict applies
   * @default "true"
   * @since consul-vm-inject 0.1.0
   * @example "false"
   * @vm Excludes port 22 and, found on the guest, the ports on which sshd really listens.
   */
  'alpha.consul.hashicorp.com/transparent-proxy-exclude-ssh'?: GoBool

  /**
   * Keeps the Consul agent's gossip out of the inbound redirection.
   *
   * @verdict applies
   * @default "true"
   * @since consul-vm-inject 0.1.0
   * @example "false"
   * @vm Excludes port 8301, over which agents exchange state; without that joins and failure detection suffer.
   */
  'alpha.consul.hashicorp.com/transparent-proxy-exclude-serf'?: GoBool

  /**
   * Keeps the addresses of instance metadata and of the platform's credentials out of the outbound redirection.
   *
   * @verdict applies
   * @default "true"
   * @since consul-vm-inject 0.1.0
   * @example "false"
   * @vm Excludes 169.254.169.254/32, from which cloud-init and cloud credentials come, and what the platform has besides, of both
   * families: see [the table of platforms](#networks-and-platforms). Which ones is decided by `--platform`; without, those of all.
   */
  'alpha.consul.hashicorp.com/transparent-proxy-exclude-metadata'?: GoBool

  /**
   * Keeps the other services of the platform out of the outbound redirection: wire server, DNS, time, disks over the network.
   *
   * @verdict applies
   * @default "true"
   * @since consul-vm-inject 0.2.0
   * @example "false"
   * @vm Excludes Azure's 168.63.129.16, Oracle's iSCSI targets, and more: see the table of platforms. Which ones is decided by
   * `--platform`; without, those of all. Single ones may be taken back in with `transparent-proxy-exclude-outbound-cidrs`.
   */
  'alpha.consul.hashicorp.com/transparent-proxy-exclude-platform'?: GoBool

  /**
   * Lets other services in transparent proxy mode dial this instance's own IP address.
   *
   * @verdict applies
   * @default "false"
   * @since consul-vm-inject 0.1.0
   * @example "true"
   * @vm Becomes `proxy.transparent_proxy.dialed_directly` of the sidecar.
   */
  'alpha.consul.hashicorp.com/dialed-directly'?: GoBool

  /**
   * Adds a TCP check on the service's port when no other check is given.
   *
   * @verdict applies
   * @default "true"
   * @since consul-vm-inject 0.1.0
   * @example "false"
   * @vm Stands in for a Pod's readiness. With `"false"` and no explicit check the service always counts as healthy.
   */
  'alpha.consul.hashicorp.com/health-check'?: GoBool

  /**
   * URL of an HTTP check of the service; an answer 200-299 is healthy.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "http://127.0.0.1:8080/health"
   * @vm Run by the agent on the VM, in place of the default TCP check.
   */
  'alpha.consul.hashicorp.com/health-check-http'?: Url

  /**
   * Address of a TCP check of the service; an accepted connection is healthy.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "127.0.0.1:9090"
   * @vm Run by the agent on the VM, in place of the default TCP check.
   */
  'alpha.consul.hashicorp.com/health-check-tcp'?: HostPort

  /**
   * Address of a gRPC check of the service, by the gRPC health checking protocol.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "127.0.0.1:9090/payments"
   * @vm Run by the agent on the VM, in place of the default TCP check.
   */
  'alpha.consul.hashicorp.com/health-check-grpc'?: GrpcTarget

  /**
   * Time between two runs of a check.
   *
   * @verdict applies
   * @default "10s"
   * @since consul-vm-inject 0.1.0
   * @example "5s"
   * @vm Holds for every check of the service.
   */
  'alpha.consul.hashicorp.com/health-check-interval'?: Duration

  /**
   * Time after which an unanswered check has failed.
   *
   * @verdict applies
   * @default "2s"
   * @since consul-vm-inject 0.1.0
   * @example "500ms"
   * @vm Holds for every check of the service.
   */
  'alpha.consul.hashicorp.com/health-check-timeout'?: Duration

  /**
   * The systemd unit of the application, which the sidecar precedes.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "web.service"
   * @vm The `envoy@` unit gets `Before=` this unit, which so starts once traffic is redirected, or the sidecar's first try has
   * failed (two minutes at most); `alpha.consul.hashicorp.com/on-sidecar-failure` may have it wait for more. Refused when the
   * unit runs as the user `envoy`, whose traffic is not redirected.
   */
  'alpha.consul.hashicorp.com/app-unit'?: UnitName

  /**
   * What becomes of traffic while Envoy is away, between its tries included. `open`: nothing is redirected, the VM is reachable as
   * without the mesh. `closed`: what the mesh captures stays captured and so gets no answer; SSH and all other exclusions
   * stay open.
   *
   * @verdict applies
   * @default "open"
   * @since consul-vm-inject 0.2.0
   * @example "closed"
   * @vm The sidecar is tried again for ever in both, at most five minutes apart. `open` redirects once Envoy has its listeners, so
   * that connections which are older go on outside the mesh. `closed` redirects at each boot before the application and the agent
   * start, by the ports that are planned (those that are set centrally are not seen; Consul 1.22 and newer has to be up first),
   * and the unit in `alpha.consul.hashicorp.com/app-unit` starts with the sidecar, never without it: an earlier start is skipped.
   * It goes on when Envoy fails later. `systemctl stop envoy@SERVICE` is an operator's word in both: the rules go, and with `closed`
   * the application stops, too; `restart` restarts it. The agent has to run as the user `consul`, whose traffic is never captured.
   */
  'alpha.consul.hashicorp.com/on-sidecar-failure'?: FailureMode

  /**
   * Where the service runs: a region, and its zone after a slash, by the names that the platform has for them. Consul Enterprise prefers
   * instances of the same zone, then of the same region.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "eu-west-1/eu-west-1a"
   * @vm The service's `locality`, as consul-k8s has it from the labels of the node; left out with a warning unless the values file names an
   * image of Consul Enterprise. The guest does not ask the platform: whatever makes the VM knows its zone (Terraform's
   * `availability_zone`), or the fleet's (`vm.annotations` of its values file).
   */
  'alpha.consul.hashicorp.com/locality'?: Locality
}
