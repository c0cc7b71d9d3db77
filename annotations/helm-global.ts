/** `global`: settings of the whole installation. */
export interface GlobalValues {
  /**
   * Default of `datacenter`.
   *
   * @default "dc1"
   */
  datacenter?: string

  /**
   * DNS domain of Consul; the agent's `domain`, and names under it are resolved by the agent (`consul-dns`).
   *
   * @default "consul"
   * @pattern ^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?$
   */
  domain?: string

  /**
   * Log level; the agent's `log_level`.
   *
   * @default "info"
   */
  logLevel?: '' | 'trace' | 'debug' | 'info' | 'warn' | 'error'

  /**
   * Consul's container image. A VM runs no image: its tag tells the version of the package, unless
   * `vm.packages.consul.version` does.
   *
   * @example "hashicorp/consul:1.22.0"
   */
  image?: string | null

  /**
   * Envoy's container image. A VM runs no image: its tag tells the version of the package, unless
   * `vm.packages.envoy.version` does.
   *
   * @example "envoyproxy/envoy:v1.35.3"
   */
  imageEnvoy?: string | null

  /** Metrics of everything. */
  metrics?: {
    /**
     * What `connectInject.metrics.defaultEnabled` follows when it is `"-"`.
     *
     * @default false
     */
    enabled?: boolean
  }

  /** TLS between agents, servers and proxies. */
  tls?: {
    /**
     * Whether TLS is used.
     *
     * @default false
     */
    enabled?: boolean

    /**
     * Default of `auto-encrypt`.
     *
     * @default false
     */
    enableAutoEncrypt?: boolean
  }

  /** Access control. */
  acls?: {
    /**
     * Whether ACLs are on; then the sidecar needs `alpha.consul.hashicorp.com/acl-token-file`.
     *
     * @default false
     */
    manageSystemACLs?: boolean
  }

  /**
   * Consul Enterprise: whether there are namespaces.
   *
   * @default false
   */
  enableConsulNamespaces?: boolean

  /** Consul Enterprise: admin partitions. */
  adminPartitions?: {
    /**
     * Whether there are admin partitions.
     *
     * @default false
     */
    enabled?: boolean

    /**
     * Partition of the VM's agent.
     *
     * @default "default"
     */
    name?: string
  }

  /** IPv6 beside IPv4. */
  dualStack?: {
    /**
     * Default of `dual-stack`.
     *
     * @default false
     */
    enabled?: boolean
  }

  /** Consul Enterprise: the license. The license itself never travels in user-data. */
  enterpriseLicense?: {
    /** Name of the Secret that holds the license; on a VM only a sign that Consul is Enterprise. */
    secretName?: string | null
  }
}
