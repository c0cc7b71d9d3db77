import { readFileSync } from 'node:fs'
import test from 'ava'
import { HELM_PATHS } from '../../annotations/generated/helm-paths.ts'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import type { Verdict } from '../../annotations/row.ts'
import { grammars, isSyntaxName } from '../../src/annotate/grammar/index.ts'
import { communityEdition } from '../../src/annotate/grammar/settings.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'
const G = 'api-gateway.consul.hashicorp.com/'
const under = (domain: string, names: string): readonly string[] => names.split(/\s+/).map(name => domain + name)

/** What each key is decided to mean, written down once more, independently of the model. */
const DECIDED: Readonly<Record<Verdict, readonly string[]>> = {
  applies: [
    ...under(
      P,
      'connect-inject connect-inject-status connect-service connect-service-port connect-service-default-port',
    ),
    ...under(P, 'connect-service-upstreams service-tags service-meta- proxy-config-map consul-dns consul-namespace'),
    ...under(P, 'transparent-proxy transparent-proxy-exclude-inbound-ports transparent-proxy-exclude-outbound-ports'),
    ...under(P, 'transparent-proxy-exclude-outbound-cidrs transparent-proxy-exclude-uids envoy-extra-args'),
    ...under(P, 'enable-metrics prometheus-scrape-port prometheus-scrape-path prometheus-ca-file prometheus-ca-path'),
    ...under(P, 'prometheus-cert-file prometheus-key-file'),
    ...under(A, 'virtual-ip dialed-directly app-unit on-sidecar-failure acl-token-file ca-file client-cert-file'),
    ...under(A, 'client-key-file acl-auth-method acl-bearer-token-file acl-aws-iam'),
    ...under(A, 'grpc-ca-file http-addr grpc-addr health-check health-check-http health-check-tcp health-check-grpc'),
    ...under(A, 'locality health-check-interval health-check-timeout transparent-proxy-exclude-ssh'),
    ...under(A, 'transparent-proxy-exclude-serf transparent-proxy-exclude-metadata transparent-proxy-exclude-platform'),
    ...under(A, 'retry-join datacenter bind-addr encrypt-file agent-token-file rpc-ca-file rpc-cert-file'),
    ...under(A, 'rpc-key-file auto-encrypt domain dns-port agent-unit agent-config-dir agent-user'),
    ...under(A, 'admin-port sidecar-port outbound-port ready-port expose-paths'),
  ],
  maps: [
    ...under(P, 'sidecar-proxy-cpu-limit sidecar-proxy-cpu-request sidecar-proxy-memory-limit'),
    ...under(P, 'sidecar-proxy-memory-request consul-envoy-proxy-concurrency use-proxy-health-check'),
    ...under(P, 'sidecar-proxy-startup-failure-seconds sidecar-proxy-liveness-failure-seconds'),
    ...under(P, 'enable-sidecar-proxy-lifecycle enable-sidecar-proxy-lifecycle-shutdown-drain-listeners'),
    ...under(P, 'enable-sidecar-proxy-shutdown-drain-listeners connect-service-tags service-weight dual-stack'),
    ...under(P, 'sidecar-proxy-lifecycle-shutdown-grace-period-seconds'),
    ...under(P, 'sidecar-proxy-lifecycle-startup-grace-period-seconds enable-consul-dataplane-as-sidecar'),
    ...under(P, 'sidecar-initial-probe-check-delay-seconds sidecar-probe-period-seconds'),
    ...under(P, 'sidecar-probe-failure-threshold sidecar-probe-check-timeout-seconds'),
    ...under(P, 'transparent-proxy-overwrite-probes consul-sidecar-access-log-path'),
  ],
  warn: [
    ...under(P, 'connect-inject-mount-volume consul-sidecar-user-volume consul-sidecar-user-volume-mount'),
    ...under(P, 'consul-sidecar-access-log-enabled kubernetes-service service-ignore telemetry-collector'),
    ...under(P, 'sidecar-proxy-lifecycle-graceful-port sidecar-proxy-lifecycle-graceful-shutdown-path'),
    ...under(P, 'sidecar-proxy-lifecycle-graceful-startup-path enable-metrics-merging merged-metrics-port'),
    ...under(P, 'service-metrics-port service-metrics-path peering-version peering-token service-sync'),
    ...under(P, 'connect-service-protocol connect-sync-period consul-sidecar-cpu-limit consul-sidecar-cpu-request'),
    ...under(P, 'consul-sidecar-memory-limit consul-sidecar-memory-request migrate-entry source-datacenter'),
    ...under(P, 'ai- oauth-client'),
    ...under('prometheus.io/', 'scrape port path'),
    ...under('openshift.io/', 'sa.scc.uid-range sa.scc.supplemental-groups'),
    'secret/',
  ],
  reject: [
    ...under(P, 'connect-inject-managed-by connect-k8s-version consul-k8s-version original-pod'),
    ...under(P, 'transparent-proxy-status redirect-traffic-config service-name service-port'),
    ...under(P, 'mesh-inject mesh-inject-status mesh-inject-mount-volume mesh-service-destinations'),
    ...under(P, 'gateway-kind gateway-consul-service-name mesh-gateway-container-port gateway-wan-address-source'),
    ...under(P, 'gateway-wan-address-static gateway-wan-port gateway-namespace gateway-class-config'),
    ...under(P, 'gateway-controller default-replicas hpa-enabled hpa-minimum-replicas hpa-maximum-replicas'),
    ...under(P, 'hpa-cpu-utilisation-target hpa-cpu-utilization-target ext-authz'),
    ...under(P, 'liveness-probe readiness-probe startup-probe tls-enabled'),
    ...under(G, 'tls_min_version tls_max_version tls_cipher_suites tls_sds_cluster_name tls_sds_cert_resource'),
    ...under(G, 'default-max-connections default-max-pending-requests default-max-concurrent-requests'),
    ...under(G, 'default-passive-health-check- listener-'),
  ],
}

/** Backticked words with dashes that are no annotations. */
const OTHER_WORDS: ReadonlySet<string> = new Set(['consul-', 'redirect-traffic', 'managed-by'])

for (const [verdict, keys] of Object.entries(DECIDED)) {
  test(`the keys whose verdict is "${verdict}" are the ones decided on`, t => {
    const have = ANNOTATIONS.filter(row => row.verdict === verdict).map(({ key }) => key)
    t.deepEqual([...have].sort(), [...keys].sort())
  })
}

test('no key stands twice', t => {
  const keys = ANNOTATIONS.map(({ key }) => key)
  t.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  )
})

test('the rows of a family stand together, and each has a source file of that name', t => {
  const runs = ANNOTATIONS.map(({ family }) => family).filter((family, index, all) => family !== all[index - 1])
  t.deepEqual(runs, [...new Set(runs)])
  const root = new URL('../../../', import.meta.url)
  for (const family of runs) {
    t.regex(readFileSync(new URL(`annotations/${family}.ts`, root), 'utf8'), /export interface \w+Annotations/)
  }
})

for (const { key, syntax, summary, vm, since, example, verdict, helm, aliasOf, default: value } of ANNOTATIONS) {
  const name = syntax
  const read = (text: string) => (isSyntaxName(name) ? grammars[name](text, communityEdition) : undefined)

  test(`${key} is documented`, t => {
    t.true(isSyntaxName(syntax), `no grammar is called ${syntax}`)
    t.regex(summary, /^[A-Z].*[.]$/s)
    t.regex(vm, /^[A-Z`].*[.?]$/s)
    t.regex(since, /^(consul-vm-inject )?\d+\.\d+\.\d+( to \d+\.\d+\.\d+)?$|^unknown$/)
    t.truthy(example)
  })

  test(`${key} has an example${value === undefined ? '' : ' and a default'} of its own syntax`, t => {
    const texts = [example, value].filter(text => text !== undefined)
    t.deepEqual(
      texts.filter(text => read(text)?.ok !== true),
      [],
    )
  })

  test(`${key} mentions no annotation that does not exist`, t => {
    const words = [
      ...`${summary} ${vm}`.matchAll(/`(?:(?:alpha\.)?consul\.hashicorp\.com\/)?([a-z][a-z0-9-]*-[a-z0-9-]*)`/g),
    ]
    const names = words.map(([, word = '']) => word).filter(word => !OTHER_WORDS.has(word))
    const known = (word: string) =>
      ANNOTATIONS.some(({ key, prefix }) =>
        [P, A].some(domain => (prefix ? (domain + word).startsWith(key) : key === domain + word)),
      )
    t.deepEqual(
      names.filter(word => !known(word)),
      [],
    )
  })

  if (verdict === 'warn' || verdict === 'reject') {
    test(`${key}, which cannot work on a VM, says what to use instead or why nothing is`, t => {
      t.regex(vm, /\b(use|leave|put|let|set|start as many|did you mean)\b|`connect-service`|nothing to/i)
    })
  }

  if (aliasOf !== undefined) {
    test(`${key} is another spelling of an existing key of the same syntax`, t => {
      const target = ANNOTATIONS.find(row => row.key === aliasOf)
      t.is(target?.syntax, syntax)
      t.is(target?.aliasOf, undefined, 'aliases do not chain')
    })
  }

  if (helm !== undefined) {
    test(`${key} takes its default from a Helm value that the model has`, t => {
      t.true(HELM_PATHS.includes(helm), helm)
    })
  }
}
