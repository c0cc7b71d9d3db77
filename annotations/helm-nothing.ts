/**
 * What of the chart's values means nothing on a VM: names by dotted path, several of one parent in braces. The description says why;
 * `@brief` says it in a note, `@instead` what to do about it. With `@unless` a value drops nothing, and is not named.
 */
export interface HelmNothing {
  /**
   * A VM is a client of the servers, wherever they run.
   *
   * @chart The servers of the cluster, and their UI.
   * @brief servers are not the VM's
   */
  '{server,ui,prometheus,telemetryCollector}'?: unknown

  /**
   * A VM with a sidecar is no gateway. Run gateways in the cluster, or by hand.
   *
   * @chart Gateways, and the controllers for them.
   * @brief gateways are not the VM's
   */
  '{meshGateway,ingressGateways,terminatingGateways,apiGateway}'?: unknown

  /**
   * A VM has no Services of Kubernetes to sync.
   *
   * @chart Syncs Services of Kubernetes and of Consul.
   * @brief a VM has no Services of Kubernetes
   */
  syncCatalog?: unknown

  /**
   * Nothing of it runs on a VM.
   *
   * @chart The chart's own programs and tests, and where they run.
   * @brief the chart's own programs do not run on a VM
   */
  '{webhookCertManager,controller,tests}'?: unknown

  /**
   * No container is put beside a VM's application.
   *
   * @chart Sidecar containers for AI workloads, Consul Enterprise 2.1.
   * @brief no container is put beside a VM's application
   */
  ai?: unknown

  /**
   * The VM asks its own agent.
   *
   * @chart A Service that answers DNS in the cluster.
   * @brief the VM asks its own agent for names
   */
  'dns.{enabled,type,clusterIP,annotations,additionalSpec,proxy}'?: unknown

  /**
   * They are about Pods and other objects of Kubernetes.
   *
   * @chart How the chart's objects are named, labelled and placed, and what may be in them.
   * @brief about objects of Kubernetes
   */
  'global.{enabled,name,imageK8S,imageConsulDataplane,imagePullPolicy,imagePullSecrets,enablePodSecurityPolicies,openshift,extraLabels,trustedCAs,argocd,crds,installK8sNetworkingCRDs,generateManifests,generateManifestsStorageClassName,generateManifestsStorage,imageApplyManifests,podSecurityContext,consulAPITimeout,logJSON,lifecycleSidecarContainer}'?: unknown

  /**
   * They are the servers' business: a VM's agent does what its servers do.
   *
   * @chart Settings of the servers.
   * @brief settings of the servers
   */
  'global.{peering,federation,globalRegistry,experiments,cloud,bootstrapACLs,enableGatewayMetrics}'?: unknown

  /**
   * The agent exposes its metrics; what the servers and gateways do with theirs is not the VM's.
   *
   * @chart Metrics of servers and gateways, and who collects them.
   * @brief metrics of servers and gateways
   */
  'global.metrics.{disableAgentHostName,enableHostMetrics,enableGatewayMetrics,enableTelemetryCollector,prefixFilter,datadog}'?: unknown

  /**
   * No secret travels in user-data: put each in a file on the VM, by Vault's own agent for example, and give its path (`encrypt-file`,
   * `rpc-ca-file`, `acl-token-file`, `agent-token-file`).
   *
   * @chart Takes the secrets from Vault.
   * @brief secrets do not travel in user-data
   * @instead put each secret in a file on the VM and give its path, for example with alpha.consul.hashicorp.com/encrypt-file
   */
  'global.secretsBackend'?: unknown

  /**
   * Goes with the key of gossip, which the VM has in a file.
   *
   * @chart Log level of the job that makes the key.
   * @brief the VM has the gossip key in a file
   */
  'global.gossipEncryption.logLevel'?: unknown

  /**
   * Certificates of the servers are made elsewhere, and the key of the CA never reaches a VM: the agent has a certificate from
   * `auto-encrypt`, or in `rpc-cert-file` and `rpc-key-file`.
   *
   * @chart Makes certificates of servers and agents.
   * @brief a VM makes no certificates
   */
  'global.tls.{logLevel,serverAdditionalDNSSANs,serverAdditionalIPSANs,caKey,annotations}'?: unknown

  /**
   * A VM verifies the servers where `rpc-ca-file` is given, always. While the servers of an old cluster do not have TLS yet, leave
   * `rpc-ca-file` out.
   *
   * @chart Whether agents verify.
   * @brief the agent verifies the servers wherever it has their CA
   * @instead leave alpha.consul.hashicorp.com/rpc-ca-file out while the servers do not have TLS yet
   * @unless true
   */
  'global.tls.verify'?: unknown

  /**
   * The agent's API is at 127.0.0.1:8500 in plain, for the VM alone. For TLS there too give `http-addr` with `https://127.0.0.1:8501`,
   * `ca-file`, and `rpc-cert-file` or a certificate of the agent's own.
   *
   * @chart Whether agents and servers have no API in plain.
   * @brief the agent's API is for the VM alone, in plain
   * @instead add alpha.consul.hashicorp.com/http-addr: "https://127.0.0.1:8501" and alpha.consul.hashicorp.com/ca-file for TLS there too
   * @unless false
   */
  'global.tls.httpsOnly'?: unknown

  /**
   * A VM cannot log in by an auth method for Kubernetes: use `acl-auth-method` with one for JWT or AWS.
   *
   * @chart Auth methods for Kubernetes, tokens of the chart's programs.
   * @brief a VM does not log in by Kubernetes
   * @instead use alpha.consul.hashicorp.com/acl-auth-method with an auth method for JWT or AWS, or alpha.consul.hashicorp.com/acl-token-file
   */
  'global.acls.{authMethod,logLevel,bootstrapToken,createReplicationToken,replicationToken,partitionToken,resources,tolerations,nodeSelector,annotations}'?: unknown

  /**
   * The license is brought to the VM in a file.
   *
   * @chart Key in the Secret of the license, and whether the agent reads it by itself.
   * @brief the license is brought to the VM in a file
   */
  'global.enterpriseLicense.{secretKey,enableLicenseAutoload}'?: unknown

  /**
   * They are about Pods: the agent on a VM is a unit of systemd, and its data is where the package has it.
   *
   * @chart Where agents run, and what they may.
   * @brief about Pods of agents
   */
  'client.{enabled,dataDirectoryHostPath,exposeGossipPorts,serviceAccount,resources,securityContext,containerSecurityContext,aclInit,extraContainers,extraInitContainers,tolerations,nodeSelector,affinity,priorityClassName,annotations,extraLabels,dnsPolicy,hostNetwork,updateStrategy,livenessProbe,readinessProbe,snapshotAgent}'?: unknown

  /**
   * A sidecar needs the agent's gRPC port: it stays open, at 127.0.0.1:8502.
   *
   * @chart Whether agents have a port for sidecars.
   * @brief a sidecar needs the agent's gRPC port, which stays open
   * @unless true
   */
  'client.grpc'?: unknown

  /**
   * A VM has no Secrets and ConfigMaps: write the agent's files to `/etc/consul.d`, with `write_files` where nothing in them is secret.
   *
   * @chart Mounts Secrets and ConfigMaps; the agent reads those with `load`.
   * @brief a VM has no Secrets and ConfigMaps
   * @instead write the agent's files to /etc/consul.d, with write_files where nothing in them is secret
   */
  'client.extraVolumes'?: unknown

  /**
   * The agent's environment is the file `/etc/consul.d/consul.env` on the VM: write it with `write_files` where nothing in it is secret.
   *
   * @chart Environment of agents, such as a proxy for cloud auto-join.
   * @brief the agent's environment is /etc/consul.d/consul.env on the VM
   * @instead write it with write_files, where nothing in it is secret
   */
  'client.extraEnvironmentVars'?: unknown

  /**
   * A VM's sidecar talks to its own agent, and that to the servers by RPC and gossip: none of these addresses are used.
   *
   * @chart How what has no agent reaches the servers by HTTPS and gRPC.
   * @brief the VM's sidecar talks to its own agent
   */
  'externalServers.{httpsPort,grpcPort,tlsServerName,useSystemRoots,k8sAuthMethodHost,skipServerWatch}'?: unknown

  /**
   * They are about the injector's own Pods, and about which Pods are injected. Which VMs are, their user-data says.
   *
   * @chart The injector, and what it may.
   * @brief about the injector's own Pods
   */
  'connectInject.{enabled,replicas,image,disruptionBudget,cni,priorityClassName,extraLabels,annotations,logLevel,serviceAccount,resources,failurePolicy,namespaceSelector,k8sAllowNamespaces,k8sDenyNamespaces,nodeSelector,affinity,tolerations,initContainer,apiGateway,multiportServiceRegistration,certs,healthChecks,cleanupController,aclInjectToken,globalConfigACLToken}'?: unknown

  /**
   * A VM cannot log in by an auth method for Kubernetes: use `acl-auth-method` with one for JWT or AWS.
   *
   * @chart Which Pods log in, and by which auth method.
   * @brief a VM does not log in by Kubernetes
   * @instead use alpha.consul.hashicorp.com/acl-auth-method with an auth method for JWT or AWS
   */
  'connectInject.{aclBindingRuleSelector,overrideAuthMethodName}'?: unknown

  /**
   * Defaults of all proxies are config entries of Consul: write `proxy-defaults` and `service-defaults`.
   *
   * @chart Writes config entries, in old charts.
   * @brief defaults of all proxies are config entries of Consul
   * @instead write the config entries proxy-defaults and service-defaults
   */
  'connectInject.centralConfig'?: unknown

  /**
   * Nothing on a VM merges metrics: let Prometheus scrape the application on its own port.
   *
   * @chart Merges the application's metrics with Envoy's.
   * @brief nothing on a VM merges metrics
   */
  'connectInject.metrics.{defaultEnableMerging,defaultMergedMetricsPort}'?: unknown

  /**
   * A VM has no namespace of Kubernetes to mirror: `consulDestinationNamespace` counts.
   *
   * @chart The namespace of a Pod in Consul is named after that in Kubernetes.
   * @brief a VM has no namespace of Kubernetes to mirror
   * @instead say it with consul.hashicorp.com/consul-namespace, or with connectInject.consulNamespaces.consulDestinationNamespace
   */
  'connectInject.consulNamespaces.{mirroringK8S,mirroringK8SPrefix}'?: unknown

  /**
   * systemd starts and stops the sidecar, nobody asks for it over HTTP.
   *
   * @chart Where the sidecar is asked to start and stop.
   * @brief systemd starts and stops the sidecar
   */
  'connectInject.sidecarProxy.lifecycle.{defaultGracefulPort,defaultGracefulShutdownPath,defaultGracefulStartupPath}'?: unknown
}
