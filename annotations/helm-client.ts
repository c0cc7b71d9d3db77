/** `client`: the agent on each node, and on each VM. */
export interface ClientValues {
  /**
   * Default of `retry-join`: whom the agent joins. `exec=` and what a shell would fill in is refused: a VM evaluates nothing.
   *
   * @chart `-retry-join` of agents on nodes; without it they join the chart's own servers.
   * @example ["provider=aws tag_key=consul tag_value=server"]
   */
  join?: string[] | null

  /**
   * As `global.image`, which it outranks.
   *
   * @chart Container image of agents on nodes.
   * @example "hashicorp/consul:1.22.0"
   */
  image?: string | null

  /**
   * The agent's `log_level`.
   *
   * @chart The same.
   */
  logLevel?: '' | 'trace' | 'debug' | 'info' | 'warn' | 'error'

  /**
   * The agent's `node_meta`. What a shell would fill in, such as `${HOSTNAME}`, is left out and named.
   *
   * @chart `-node-meta` of agents on nodes.
   * @example {"zone": "a"}
   */
  nodeMeta?: { [key: string]: string | number | boolean | null } | null

  /**
   * Settings of the agent, below all others. Its ports reach Envoy and the resolver (defaults of `http-addr`, `grpc-addr` and
   * `dns-port`), its `retry_join` adds to `client.join`. A secret in it is refused. What only holds in a container is left out and
   * named: paths below `/consul` and `/vault`, `HOST_IP`, `data_dir`, `node_name` and the like.
   *
   * @chart JSON that agents on nodes read below the chart's own flags.
   * @example "{\"limits\": {\"http_max_conns_per_client\": 500}}"
   */
  extraConfig?: string | null
}

/** `externalServers`: for what talks to servers without an agent. On a VM nothing does. */
export interface ExternalServersValues {
  /**
   * Whether `externalServers.hosts` is looked at.
   *
   * @chart Whether servers are outside the cluster.
   * @default false
   */
  enabled?: boolean

  /**
   * Nothing: the agent joins whom `client.join` names, often the same addresses. `exec=` is refused, as for `client.join`.
   *
   * @chart Where the injector and sidecars without an agent reach the servers by HTTPS and gRPC. Agents do not join these.
   * @example ["10.0.0.1", "10.0.0.2"]
   */
  hosts?: string[] | null
}
