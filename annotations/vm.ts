import type {
  AbsolutePath,
  Address,
  AuthMethodName,
  Duration,
  ExposePaths,
  FailureMode,
  GoBool,
  GrpcTarget,
  HostPort,
  Ip,
  UnitName,
  UnprivilegedPort,
  Url,
} from './values.ts'

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
   * File that holds the ACL token of the service, for its registration and for its sidecar. Put it on the VM by other
   * means than user-data, which any process can read.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "/etc/consul.d/tokens/web"
   * @vm The `token` of the registration, which then only the agent's user can read, and `CONSUL_HTTP_TOKEN_FILE` of
   * `consul connect envoy` and `redirect-traffic`. Only root needs to be able to read the file, but before systemd 247 the
   * user `envoy` too. It may come late, and change: the registration is written again, the agent reloaded and the sidecar
   * restarted. The token needs `service:write` for the service and its `-sidecar-proxy`, and to read `service_prefix ""`
   * and `node_prefix ""`: what a service identity has. One that will not do is named in the log of
   * `consul-acl-token@<service>.service`.
   */
  'alpha.consul.hashicorp.com/acl-token-file'?: AbsolutePath

  /**
   * Auth method by which the VM logs in to Consul for its ACL token, so that no token needs to be carried: with
   * `acl-bearer-token-file` or with `acl-aws-iam`.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "vm-jwt"
   * @needs alpha.consul.hashicorp.com/acl-bearer-token-file=/run/identity/jwt
   * @vm `consul login` at each boot, tried again until it goes well, with the meta `vm=<host name>/<service>`; `consul
   * logout` when the VM goes down or leaves the mesh. The token is kept below `/run` and used as one of `acl-token-file`
   * is; when Consul no longer knows it (it expired), the VM logs in again. `consul-acl-token@<service>.service` does that.
   */
  'alpha.consul.hashicorp.com/acl-auth-method'?: AuthMethodName

  /**
   * File that holds the VM's proof of identity for the auth method: a JWT, for example.
   *
   * @verdict applies
   * @since consul-vm-inject 0.2.0
   * @example "/run/identity/jwt"
   * @needs alpha.consul.hashicorp.com/acl-auth-method=vm-jwt
   * @vm `-bearer-token-file` of `consul login`. Read by root at each login; it may come late.
   */
  'alpha.consul.hashicorp.com/acl-bearer-token-file'?: AbsolutePath

  /**
   * Logs in with the IAM role of the VM, by an auth method for AWS.
   *
   * @verdict applies
   * @default "false"
   * @since consul-vm-inject 0.2.0
   * @example "true"
   * @needs alpha.consul.hashicorp.com/acl-auth-method=vm-aws
   * @vm `-type=aws-iam -aws-auto-bearer-token -aws-include-entity` of `consul login`. Settings of the AWS SDK, such as the
   * region, may stand in `/etc/consul.d/consul.env`.
   */
  'alpha.consul.hashicorp.com/acl-aws-iam'?: GoBool

  /**
   * CA file with which the agent's HTTPS certificate is verified.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "/etc/consul.d/tls/ca.pem"
   * @vm `CONSUL_CACERT` of both commands. Only root needs to be able to read it, or before systemd 247 the user `envoy` too.
   */
  'alpha.consul.hashicorp.com/ca-file'?: AbsolutePath

  /**
   * Client certificate for an agent that verifies its clients. Goes with `client-key-file`.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "/etc/consul.d/tls/client.pem"
   * @vm `CONSUL_CLIENT_CERT` of both commands. Readable as `ca-file` is. An agent with `verify_incoming` in `tls {
   * defaults }` needs `tls { grpc { verify_incoming = false } }` too: Envoy shows no certificate when it asks for its
   * configuration.
   */
  'alpha.consul.hashicorp.com/client-cert-file'?: AbsolutePath

  /**
   * Private key file of the client certificate. Only the path travels in user-data, never the key.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "/etc/consul.d/tls/client.key"
   * @vm `CONSUL_CLIENT_KEY` of both commands. Readable as `ca-file` is.
   */
  'alpha.consul.hashicorp.com/client-key-file'?: AbsolutePath

  /**
   * CA file with which the agent's gRPC certificate is verified, when it differs from the HTTPS one.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "/etc/consul.d/tls/grpc-ca.pem"
   * @vm `CONSUL_GRPC_CACERT` of both commands. Readable as `ca-file` is.
   */
  'alpha.consul.hashicorp.com/grpc-ca-file'?: AbsolutePath

  /**
   * Address of the agent's HTTP API, when it is not 127.0.0.1:8500.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "https://127.0.0.1:8501"
   * @vm `CONSUL_HTTP_ADDR` of both commands. With an address of the VM itself the agent serves that port: `ports.http`, or `ports.https`
   * with the certificate in `rpc-cert-file`, if there is one.
   */
  'alpha.consul.hashicorp.com/http-addr'?: Address

  /**
   * Address of the agent's gRPC port, when the agent cannot tell it by itself: it tells it only to a token with
   * `agent:read`, and then 127.0.0.1:8502 is tried.
   *
   * @verdict applies
   * @since consul-vm-inject 0.1.0
   * @example "https://127.0.0.1:8503"
   * @vm `CONSUL_GRPC_ADDR` of both commands. With an address of the VM itself the agent serves that port: `ports.grpc`, or
   * `ports.grpc_tls` with the certificate in `rpc-cert-file` or the one that `auto-encrypt` gets.
   */
  'alpha.consul.hashicorp.com/grpc-addr'?: Address

  /**
   * Port of Envoy's admin API, when something else on the VM has it.
   *
   * @verdict applies
   * @default "19000"
   * @since consul-vm-inject 0.2.0
   * @example "19100"
   * @vm `-admin-bind` of `consul connect envoy`, on 127.0.0.1. The second service of a VM has the next one, and so on; so with all ports
   * that are moved. A port of Envoy's that somebody else listens on is named in the log before Envoy starts, with who it is and the
   * annotation that moves it; nothing is redirected then.
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
   * @example "21500:8080/health,21501:9102/metrics"
   * @vm `proxy.expose.paths` of the first service's sidecar: Envoy listens on each listener port. Those ports are not redirected.
   */
  'alpha.consul.hashicorp.com/expose-paths'?: ExposePaths
}
