import { rowOf } from '../../src/annotate/table.ts'
import type { VectorCase } from '../shared.ts'

/** One way in which a VM is meant to differ from consul-k8s: which cases it covers, and why. */
export interface Deviation {
  readonly reason: string
  readonly covers: (it: VectorCase) => boolean
}

const area =
  (...list: readonly string[]) =>
  ({ area: name }: VectorCase): boolean =>
    name !== undefined && list.includes(name)
const annotation = ({ input }: VectorCase, name: string): unknown => input.annotations?.[`consul.hashicorp.com/${name}`]
const expects = ({ expected }: VectorCase, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], expected)
const setting = ({ input }: VectorCase, name: string): unknown =>
  (input['settings'] as Record<string, unknown> | undefined)?.[name]
const labels = ({ input }: VectorCase): boolean =>
  Object.keys((input['namespace_labels'] as object | undefined) ?? {}).length > 0

/**
 * Where the tool is meant to differ from consul-k8s, and why. A case that no row covers has to hold. The grammars have a table of
 * their own beside their tests.
 */
export const DEVIATIONS: readonly Deviation[] = [
  {
    reason: 'a VM is in no Kubernetes namespace: lists of allowed and denied namespaces have no subject',
    covers: it =>
      (it.area === 'should-inject' || it.area === 'should-ignore') &&
      (it.expected['controller_ignores'] !== undefined ||
        (it.expected['inject'] === false &&
          (it.input['deny_namespaces'] as readonly string[])
            .concat(['kube-system', 'kube-public'])
            .includes(String(it.input['namespace']))) ||
        (it.expected['inject'] === false &&
          !(it.input['allow_namespaces'] as readonly string[]).some(
            name => name === '*' || name === it.input['namespace'],
          ))),
  },
  {
    reason: 'a VM is in no Kubernetes namespace whose name could be mirrored: consul-namespace is an input',
    covers: area('consul-namespace'),
  },
  { reason: 'a VM is in no Kubernetes namespace that could carry labels', covers: labels },
  {
    reason: 'an empty value counts as not given, with a warning, for every key alike',
    covers: it => it.kind === 'error' && Object.values(it.input.annotations ?? {}).includes(''),
  },
  { reason: 'there is no CNI plugin on a VM', covers: it => it.area === 'cni' || setting(it, 'cni_enabled') === true },
  {
    reason: 'a VM has no containers: neither probes to move nor declared ports to default to',
    covers: area('expose-paths', 'overwrite-probes', 'default-port-annotation'),
  },
  { reason: 'a VM has no containers with a uid; the guest refuses a clash with the user envoy', covers: area('uid') },
  {
    reason: 'a key that means nothing on a VM is ignored with a warning, whatever it holds',
    covers: it => {
      const keys = Object.keys(it.input.annotations ?? {})
      return it.kind === 'error' && keys.length > 0 && keys.every(key => rowOf(key)?.verdict === 'warn')
    },
  },
  {
    reason: 'names of the mesh can be resolved without transparent proxy too',
    covers: it =>
      it.area === 'consul-dns' &&
      setting(it, 'transparent_proxy_default') === false &&
      it.expected['dns_redirect'] === false,
  },
  { reason: 'a VM has no pod dnsConfig', covers: it => it.input['pod_dns_config'] !== undefined },
  { reason: 'gateways are no sidecars: their keys are refused', covers: area('gateway') },
  {
    reason: 'there is no Service object on a VM',
    covers: it => it.area === 'service-ignore' || (it.area === 'tproxy-registration' && it.kind === 'error'),
  },
  {
    reason:
      'without transparent proxy the mode is "direct", never "": the rules and the registration have to agree whatever proxy-defaults say',
    covers: it => it.area === 'tproxy-registration' && it.expected['proxy_mode'] === '',
  },
  {
    reason: 'the virtual address has the port of the service: there is no Service object with another one',
    covers: it =>
      it.area === 'tproxy-registration' &&
      ![undefined, null, 8081].includes(expects(it, 'tagged_addresses.virtual.port') as number | undefined | null),
  },
  {
    reason: 'nothing on a VM merges metrics: the keys are ignored with a warning',
    covers: it =>
      it.kind !== 'error' &&
      (setting(it, 'default_enable_metrics_merging') !== undefined ||
        annotation(it, 'enable-metrics-merging') !== undefined ||
        it.expected['service_metrics_port'] !== undefined),
  },
  {
    reason: 'there are no prometheus.io annotations to write on a VM',
    covers: it => it.expected['written_annotations'] !== undefined,
  },
  {
    reason: 'consul-dataplane and its lifecycle endpoints do not run on a VM: the unit drains and waits instead',
    covers: it =>
      it.area === 'lifecycle' && it.kind !== 'error' && it.expected['startup_grace_period_seconds'] === undefined,
  },
  {
    reason:
      'Envoy’s readiness endpoint is on 20800 and up: 21000 is the first port an agent gives to a sidecar by itself',
    covers: it => it.area === 'proxy-health' || it.expected['envoy_ready_bind_port'] !== undefined,
  },
  {
    reason: 'a service has one Envoy of its own: base id 0 is its default and is not written',
    covers: it => JSON.stringify(it.expected['envoy_argv']) === '["--base-id","0"]',
  },
  {
    reason: 'concurrency is an argument of Envoy; 0 means all threads and is left out',
    covers: it => JSON.stringify(it.expected['sidecar_args_contain'] ?? '').includes('-envoy-concurrency=0'),
  },
  {
    reason: 'the sidecar’s TCP and graceful ports belong to consul-dataplane',
    covers: it => it.area === 'sidecar-args' && it.expected['probes'] !== undefined,
  },
  {
    reason: 'a VM has no named ports: several ports of a service are called port-1, port-2, ...',
    covers: it => it.area === 'multi-port' && (it.kind === 'error' || (expects(it, 'service.ports') ?? null) !== null),
  },
  {
    reason: 'the ports of a VM’s service have no protocol of their own',
    covers: it => JSON.stringify(it.expected).includes('use the same protocol'),
  },
  {
    reason: 'an upstream that would listen on the service’s own port is refused: one of the two could not start',
    covers: it =>
      new RegExp(`:${String(annotation(it, 'connect-service-port'))}(?:[:,]|$)`).test(
        String(annotation(it, 'connect-service-upstreams')),
      ),
  },
  {
    reason: 'a VM has no named ports: a port is a decimal number',
    covers: it => JSON.stringify(it.input['named_ports'] ?? {}) !== '{}',
  },
  {
    reason: 'a key that does not exist is refused before its value is read',
    covers: it => it.input['key'] !== undefined || it.input['value'] !== undefined,
  },
  {
    reason: 'an agent is never given such a registration: annotations cannot say it',
    covers: it =>
      it.area === 'agent-validation' &&
      !/wildcard|duplicate.*upstream|upstreams cannot/.test(JSON.stringify(it.expected)),
  },
  {
    reason: 'redirect-traffic is Consul’s own program; the guest’s tests run against its rules',
    covers: area('iptables', 'redirect-cli'),
  },
  { reason: 'locality is the agent’s own configuration on a VM', covers: area('locality') },
]
