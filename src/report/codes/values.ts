import { annotated, checked, type Explanations, valued, web } from './explanation.ts'

const JWT = { 'alpha:acl-bearer-token-file': '/var/lib/vm.jwt' }
const METRICS = { 'enable-metrics-merging': 'true' }

/** Errors of the values of annotations, and of what does not go together. */
export const CONFLICTS: Pick<Explanations<'3'>, Extract<keyof Explanations<'3'>, `E${string}`>> = {
  E301: {
    why: 'On the VM it would be refused, or mean something else.',
    remedy: 'Write it as the help says; `consul-vm-inject explain KEY` tells what a value may be.',
    example: checked(web({ 'connect-service-port': '70700' })),
  },
  E302: {
    why: 'It is about something that only Kubernetes has, and the VM would not be what was asked for.',
    remedy: 'Take it out; the help names what does the same on a VM, where something does.',
    example: checked(web({ 'mesh-inject': 'true' })),
  },
  E303: {
    why: 'A VM has no Kubernetes Service to take the name from.',
    remedy: 'Add `connect-service`.',
    example: checked(annotated({ 'connect-inject': 'true' })),
  },
  E304: {
    why: 'Traffic that arrives is redirected to one sidecar, and several services have several. consul-k8s refuses it too.',
    remedy: 'Add `transparent-proxy: "false"`, or register one service.',
    example: checked(web({ 'connect-service': 'web,admin', 'connect-service-port': '8080,9090' })),
  },
  E305: {
    why: 'Something of the mesh listens there already; the service or the sidecar would not start.',
    remedy: 'Give the service another port.',
    example: checked(web({ 'connect-service-port': '8500' })),
  },
  E306: {
    why: 'Amazon EC2 takes no more than that for the whole of the user-data.',
    remedy: 'Shorten the value.',
    example: {
      files: { 'web.yaml': web() },
      command: `consul-vm-inject check --profile prebuilt -a service-tags="$(head -c 17000 /dev/zero | tr '\\0' x)" web.yaml`,
    },
  },
  E307: {
    why: 'The agent would refuse the meta entry, and with it the registration.',
    remedy: 'Use letters, digits, hyphens and underscores.',
    example: checked(web({ 'service-meta-our.version': 'v1' })),
  },
  E308: {
    why: 'The sidecars would all serve metrics at one port. consul-k8s refuses it too.',
    remedy: 'Set `enable-metrics: "false"`, or register one service.',
    example: checked(
      web({
        'connect-service': 'web,admin',
        'connect-service-port': '8080,9090',
        'transparent-proxy': 'false',
        'enable-metrics': 'true',
      }),
    ),
  },
  E309: {
    why: 'Services and ports go together by position.',
    remedy: 'Give one port for each service, or one for all.',
    example: checked(
      web({
        'connect-service': 'web,api,admin',
        'connect-service-port': '8080,9090',
        'transparent-proxy': 'false',
      }),
    ),
  },
  E310: {
    why: 'A virtual address is redirected to the port of the service.',
    remedy: 'Add `connect-service-port`.',
    example: checked(web({ 'alpha:virtual-ip': '10.96.0.10' })),
  },
  E311: {
    why: 'An agent of the community edition refuses the registration.',
    remedy: 'Leave it out, or set `global.enableConsulNamespaces` in the values file.',
    example: checked(web({ 'consul-namespace': 'shop' })),
  },
  E312: {
    why: 'consul-k8s refuses it too. On a VM nothing merges metrics.',
    remedy: 'Take `enable-metrics-merging` out.',
    example: checked(
      web({
        'connect-service': 'web,admin',
        'connect-service-port': '8080,9090',
        'transparent-proxy': 'false',
        ...METRICS,
      }),
    ),
  },
  E313: {
    why: 'On a VM nothing merges metrics, so that nothing would serve the merged ones over TLS.',
    remedy: 'Take `enable-metrics-merging` out; Envoy serves its own metrics over TLS.',
    example: checked(
      web({
        ...METRICS,
        'prometheus-ca-file': '/etc/ssl/ca.pem',
        'prometheus-cert-file': '/etc/ssl/web.pem',
        'prometheus-key-file': '/etc/ssl/web.key',
      }),
    ),
  },
  E314: {
    why: 'CA, certificate and key go together.',
    remedy: 'Add what is missing.',
    example: checked(web({ 'prometheus-ca-file': '/etc/ssl/ca.pem', 'prometheus-cert-file': '/etc/ssl/web.pem' })),
  },
  E315: {
    why: 'Neither the agent nor its clients start with one of the two.',
    remedy: 'Add the other.',
    example: checked(web({ 'alpha:rpc-cert-file': '/etc/consul.d/tls/agent.pem' })),
  },
  E316: {
    why: 'The sidecar has one token.',
    remedy: 'Take one of the two out.',
    example: checked(web({ 'alpha:acl-token-file': '/etc/consul.d/token', 'alpha:acl-auth-method': 'vm-jwt', ...JWT })),
  },
  E317: {
    why: 'An auth method asks who the VM is.',
    remedy: 'Add `acl-bearer-token-file` with the path of a JWT, or `acl-aws-iam: "true"`.',
    example: checked(web({ 'alpha:acl-auth-method': 'vm-jwt' })),
  },
  E318: {
    why: 'An auth method is of one type, and takes one proof.',
    remedy: 'Take one of the two out.',
    example: checked(web({ 'alpha:acl-auth-method': 'vm-jwt', ...JWT, 'alpha:acl-aws-iam': 'true' })),
  },
  E319: {
    why: 'It is of use only for logging in, and nothing says where.',
    remedy: 'Add `acl-auth-method` with the name of the auth method.',
    example: checked(web(JWT)),
  },
  E320: {
    why: 'The agent refuses an upstream at a port that is taken, and with it the registration.',
    remedy: 'Give the upstream another local port.',
    example: checked(web({ 'connect-service-port': '8080', 'connect-service-upstreams': 'api:8080' })),
  },
  E321: {
    why: 'An agent takes 64 meta entries of a service, those included that are made here, and refuses the registration otherwise.',
    remedy: 'Take some out.',
    example: {
      files: { 'web.yaml': web() },
      command:
        '{ cat web.yaml; seq -f \'# consul.hashicorp.com/service-meta-m%g: "x"\' 64; } | consul-vm-inject check --profile prebuilt',
    },
  },
  E322: {
    why: 'Two listeners on one port do not start; those of the agent and those above 65535 count too. The second service of a VM has the next port each.',
    remedy: 'Give the annotation that the help names another port.',
    example: checked(web({ 'alpha:admin-port': '20000' })),
  },
  E323: {
    why: 'The application is started after the sidecar, and the sidecar after this unit: systemd would drop one of them from the boot.',
    remedy: 'Name the unit of the application.',
    example: checked(web({ 'alpha:app-unit': 'consul.service' })),
  },
}

/** Warnings of the values of annotations, and of what does not go together. */
export const DOUBTS: Pick<
  Explanations<'3'>,
  'W301' | 'W302' | 'W303' | 'W310' | 'W311' | 'W312' | 'W314' | 'W315' | 'W316' | 'W321' | 'W322' | 'W323' | 'W324'
> = {
  W301: {
    why: 'It is about Pods, and is left out.',
    remedy: 'Leave it out, or use what the help names.',
    example: checked(web({ 'kubernetes-service': 'web' })),
  },
  W302: {
    why: 'The old spelling still counts.',
    remedy: 'Write the new one.',
    example: checked(web({ 'connect-service-tags': 'v1' })),
  },
  W303: {
    why: 'The last one counts; the other is lost.',
    remedy: 'Keep one of the two.',
    example: checked(
      web({ 'proxy-config-map': '{"local_connect_timeout_ms": 1000, "local_connect_timeout_ms": 2000}' }),
    ),
  },
  W310: {
    why: 'Several ports of a service need Consul Enterprise.',
    remedy: 'Choose one with `connect-service-default-port`, or register several services.',
    example: checked(web({ 'connect-service-port': '8080,9090' })),
  },
  W311: {
    why: 'The annotation has no effect.',
    remedy: 'Leave it out.',
    example: checked(web({ 'connect-service-port': '8080', 'connect-service-default-port': '8080' })),
  },
  W312: {
    why: 'A virtual address is used with the transparent proxy only.',
    remedy: 'Leave it out, or turn the transparent proxy on.',
    example: checked(
      web({ 'connect-service-port': '8080', 'alpha:virtual-ip': '10.96.0.10', 'transparent-proxy': 'false' }),
    ),
  },
  W314: {
    why: 'Each Consul accepts a few minor versions of Envoy, and does not start others.',
    remedy: 'Pin another one of the two, or leave the pin of Envoy out.',
    example: valued('vm:\n  packages:\n    consul: {version: 1.20.0}\n    envoy: {version: 1.20.0}\n'),
  },
  W315: {
    why: 'What is written in `envoy-extra-args` wins.',
    remedy: 'Keep one of the two.',
    example: checked(web({ 'consul-envoy-proxy-concurrency': '2', 'envoy-extra-args': '--concurrency 4' })),
  },
  W316: {
    why: 'Envoy would not do what Consul tells it, and the VM may not be in the mesh.',
    remedy: 'Use `proxy-config-map` for settings of the proxy.',
    example: checked(web({ 'envoy-extra-args': '--config-yaml {}' })),
  },
  W321: {
    why: 'Agents refuse another datacenter for a partition other than default.',
    remedy: 'Name one of the two.',
    example: valued(
      'global:\n  adminPartitions: {enabled: true}\n  enableConsulNamespaces: true\n',
      web({ 'connect-service-upstreams': 'api.shop.eu:1234:dc2' }),
    ),
  },
  W322: {
    why: 'An agent that does not tell destination ports apart refuses a target that is listed twice, and does not start.',
    remedy: 'Keep one of the two, unless all agents are new enough.',
    example: {
      ...valued(
        'global:\n  image: hashicorp/consul-enterprise:1.22.0-ent\n',
        web({ 'connect-service-upstreams': 'api:1234:port=http,api:1235:port=grpc' }),
      ),
      also: 'W323',
    },
  },
  W323: {
    why: 'In the environment file the later one counts.',
    remedy: 'Leave one of the two out, or read the port of the other elsewhere.',
    example: checked(web({ 'connect-service-upstreams': 'my-api:1234,my_api:1235' })),
  },
  W324: {
    why: 'Only Consul Enterprise routes by locality, and an agent may refuse the registration for it.',
    remedy: 'Leave it out, or say by `global.image` of the values file that Consul is Enterprise.',
    example: checked(web({ 'alpha:locality': 'eu-west-1/eu-west-1a' })),
  },
}
