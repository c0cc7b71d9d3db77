/** `global`: settings of the whole installation. */
export interface GlobalValues {
  /**
   * Default of `datacenter`.
   *
   * @chart `-datacenter` of every agent.
   * @default "dc1"
   */
  datacenter?: string

  /**
   * Default of `domain`: the agent's `domain`, and the names whose questions go to Consul.
   *
   * @chart `-domain` of every agent.
   * @default "consul"
   */
  domain?: string

  /**
   * The agent's `log_level`, unless `client.logLevel` says it.
   *
   * @chart Log level of the chart's own programs.
   * @default "info"
   */
  logLevel?: '' | 'trace' | 'debug' | 'info' | 'warn' | 'error'

  /**
   * A VM runs no image: the tag tells the version of the package, unless `client.image` or `vm.packages.consul.version` does.
   *
   * @chart Consul's container image.
   * @example "hashicorp/consul:1.22.0"
   */
  image?: string | null

  /**
   * A VM runs no image: the tag tells the version of the package, unless `vm.packages.envoy.version` does.
   *
   * @chart Envoy's container image, up to chart 0.49; later charts have Envoy in `imageConsulDataplane`.
   * @example "envoyproxy/envoy:v1.35.3"
   */
  imageEnvoy?: string | null

  /**
   * The agent's `recursors`.
   *
   * @chart `-recursor` of every agent.
   * @example ["10.0.0.2"]
   */
  recursors?: string[] | null

  /** Encryption of gossip. */
  gossipEncryption?: GossipValues

  /** Metrics of everything. */
  metrics?: {
    /**
     * What `connectInject.metrics.defaultEnabled` follows when it is `"-"`.
     *
     * @chart Whether agents, gateways and sidecars expose metrics.
     * @default false
     */
    enabled?: boolean

    /**
     * With `global.metrics.enabled`: the agent's `telemetry.prometheus_retention_time`.
     *
     * @chart The same, of every agent.
     * @default false
     */
    enableAgentMetrics?: boolean

    /**
     * How long the agent keeps its metrics, where it exposes them.
     *
     * @chart The same.
     * @default "1m"
     */
    agentMetricsRetentionTime?: string
  }

  /** TLS between agents, servers and proxies. */
  tls?: TlsValues

  /** Access control. */
  acls?: {
    /**
     * The agent's `acl.enabled`, `default_policy` "deny" and `down_policy` "extend-cache". The sidecar then needs
     * `acl-token-file` or `acl-auth-method`, the agent `agent-token-file`: the VM has no tokens otherwise, and a warning says so.
     *
     * @chart The same settings; agents and sidecars log in by the chart's auth methods.
     * @default false
     */
    manageSystemACLs?: boolean
  }

  /**
   * Whether `consul-namespace` counts.
   *
   * @chart Consul Enterprise: whether there are namespaces.
   * @default false
   */
  enableConsulNamespaces?: boolean

  /** Consul Enterprise: admin partitions. */
  adminPartitions?: {
    /**
     * Whether the agent is in a partition.
     *
     * @chart The same.
     * @default false
     */
    enabled?: boolean

    /**
     * The agent's `partition`.
     *
     * @chart The same.
     * @default "default"
     */
    name?: string
  }

  /** IPv6 beside IPv4. */
  dualStack?: {
    /**
     * Default of `dual-stack`.
     *
     * @chart Agents bind `::`, and Pods are redirected in both families.
     * @default false
     */
    enabled?: boolean
  }

  /** Consul Enterprise: the license. */
  enterpriseLicense?: {
    /**
     * Only a sign that Consul is Enterprise. The license itself never travels in user-data: put it on the VM and its path into
     * `/etc/consul.d`, as `license_path`.
     *
     * @chart Name of the Secret that holds the license, which the agent reads by `CONSUL_LICENSE_PATH`.
     */
    secretName?: string | null
  }
}

/** `global.gossipEncryption`. The key never travels in user-data. */
export interface GossipValues {
  /**
   * Whether gossip is encrypted: then the VM needs `encrypt-file` with the path of the key on the VM, and a warning says so.
   *
   * @chart Makes the key and keeps it in a Secret.
   * @default false
   */
  autoGenerate?: boolean

  /**
   * As `autoGenerate`, where it names something.
   *
   * @chart Name of the Secret that holds the key: `-encrypt` of every agent.
   */
  secretName?: string | null

  /**
   * As `secretName`.
   *
   * @chart Key in the Secret.
   */
  secretKey?: string | null
}

/** `global.tls`. On the VM the files are the VM's own: annotations give their paths. */
export interface TlsValues {
  /**
   * The agent speaks TLS to the servers with the CA in `rpc-ca-file`, and a warning says when that is missing. On the VM itself Envoy
   * and the agent talk over loopback only, in plain (gRPC at 127.0.0.1:8502); `http-addr` and `grpc-addr` with `https://` change
   * that, and the agent then serves these ports (8501, 8503) with the certificate in `rpc-cert-file`.
   *
   * @chart Agents and servers use TLS; of agents on nodes HTTPS is at 8501 and gRPC over TLS at 8502.
   * @default false
   */
  enabled?: boolean

  /**
   * Default of `auto-encrypt`.
   *
   * @chart The agent's `auto_encrypt.tls`.
   * @default false
   */
  enableAutoEncrypt?: boolean

  /** The CA of agents and servers. */
  caCert?: {
    /**
     * Its place on the VM is `rpc-ca-file`.
     *
     * @chart Name of the Secret that holds the CA: the agent's `ca_file`.
     */
    secretName?: string | null

    /**
     * As `secretName`.
     *
     * @chart Key in the Secret.
     */
    secretKey?: string | null
  } | null
}
