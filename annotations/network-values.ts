// Value syntaxes of annotations: addresses and names of the network. Others are in values.ts.

/**
 * IP addresses and CIDR blocks separated by commas: `10.0.0.5`, `10.0.0.0/8`, `fd00::/8`. Host names are refused.
 *
 * @format cidrs
 * @pattern ^[0-9A-Fa-f:./,\s]*$
 */
export type Cidrs = string

/**
 * One IPv4 or IPv6 address.
 *
 * @format ip
 * @pattern ^[0-9A-Fa-f:.]+$
 */
export type Ip = string

/**
 * An `http://` or `https://` URL.
 *
 * @format url
 * @pattern ^https?://
 */
export type Url = string

/**
 * `host:port`; an IPv6 address stands in brackets.
 *
 * @format host-port
 * @pattern :[0-9]{1,5}$
 */
export type HostPort = string

/**
 * `host:port` of a gRPC server, optionally followed by `/` and the name of a service.
 *
 * @format grpc-target
 * @pattern :[0-9]{1,5}(/.*)?$
 */
export type GrpcTarget = string

/**
 * The address of an agent: `host:port`, optionally with `http://` or `https://` before it, or `unix://` and a path.
 *
 * @format address
 */
export type Address = string

/**
 * Servers separated by commas, each a host name or an IP address, a port after it where it is not 8301; or a cloud auto-join string,
 * `provider=NAME key=value ...`, in which `\,` is a comma. `-` alone: the image says it.
 *
 * @format join-addresses
 */
export type JoinAddresses = string

/**
 * An IP address, the name of a network interface, or a go-sockaddr template in double braces.
 *
 * @format bind-address
 */
export type BindAddress = string

/**
 * The name of a DNS domain, such as `consul` or `mesh.example.com`.
 *
 * @format domain-name
 * @pattern ^[A-Za-z0-9_.-]{1,253}$
 */
export type DomainName = string
