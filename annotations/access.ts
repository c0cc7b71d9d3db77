import type { Address } from './network-values.ts'
import type { AbsolutePath, AuthMethodName, GoBool } from './values.ts'

/**
 * How the sidecar and its registration reach the Consul agent, and who they are to it: ACL token, certificates, addresses.
 *
 * @title Access to the agent
 */
export interface AccessAnnotations {
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
}
