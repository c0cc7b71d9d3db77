import type { SyntaxName } from '../../../src/annotate/grammar/index.ts'

/** The syntax of the annotations that the cases use (the key without its prefix), where a grammar alone can decide. */
export const SYNTAX: Readonly<Record<string, SyntaxName>> = {
  'connect-inject': 'go-bool',
  'connect-service': 'service-names',
  'connect-service-port': 'service-ports',
  'connect-service-upstreams': 'upstreams',
  'service-tags': 'tags',
  'proxy-config-map': 'json-object',
  'transparent-proxy': 'go-bool',
  'transparent-proxy-exclude-inbound-ports': 'port-ranges',
  'transparent-proxy-exclude-outbound-ports': 'port-ranges',
  'transparent-proxy-exclude-outbound-cidrs': 'cidrs',
  'transparent-proxy-exclude-uids': 'uids',
  'enable-metrics': 'go-bool',
  'enable-metrics-merging': 'go-bool',
  'prometheus-scrape-port': 'unprivileged-port',
  'service-metrics-port': 'port',
  'sidecar-proxy-cpu-limit': 'quantity-cpu',
  'sidecar-proxy-cpu-request': 'quantity-cpu',
  'sidecar-proxy-memory-limit': 'quantity-memory',
  'sidecar-proxy-memory-request': 'quantity-memory',
  'consul-envoy-proxy-concurrency': 'uint',
  'enable-sidecar-proxy-lifecycle': 'go-bool',
  'enable-sidecar-proxy-lifecycle-shutdown-drain-listeners': 'go-bool',
  'sidecar-proxy-lifecycle-shutdown-grace-period-seconds': 'uint',
  'sidecar-proxy-lifecycle-startup-grace-period-seconds': 'uint',
  'sidecar-proxy-lifecycle-graceful-port': 'unprivileged-port',
  'consul-sidecar-user-volume': 'json-array',
  'consul-sidecar-user-volume-mount': 'json-array',
}

/** The syntax of the other inputs of cases. */
export const CONFIG: Readonly<Record<string, SyntaxName>> = {
  exclude_inbound_ports: 'port-ranges',
  exclude_outbound_ports: 'port-ranges',
  exclude_outbound_cidrs: 'cidrs',
  exclude_uids: 'uids',
}

export type Outcome = { readonly refused: string } | { readonly meaning: unknown }

/** Where the tool departs from consul-k8s on purpose, and what it gives instead. */
export const DEVIATIONS: Readonly<Record<string, { readonly reason: string; readonly gives: Outcome }>> = {
  c039: {
    reason: 'a VM has no named container ports',
    gives: { refused: 'invalid upstream local bind port "http" in "api:http"' },
  },
  c040: {
    reason: 'ports are decimal only: 010 would be 8',
    gives: { refused: 'invalid upstream local bind port "0x4d2" in "api:0x4d2"' },
  },
  c070: {
    reason: 'the agent refuses a port above 65535, and then does not start',
    gives: { refused: 'invalid upstream local bind port "70000" in "api:70000"' },
  },
  c076: {
    reason: 'the variables come from the list of upstreams, not from a second splitter that cuts at line breaks',
    gives: { refused: 'the value holds a line break (U+000A)' },
  },
  c079: {
    reason: 'on a VM an upstream listens on 127.0.0.1 unless local_bind_address says otherwise',
    gives: {
      meaning: [
        { name: 'STATIC_SERVER_CONNECT_SERVICE_HOST', value: '127.0.0.1' },
        { name: 'STATIC_SERVER_CONNECT_SERVICE_PORT', value: '7890' },
      ],
    },
  },
  c080: {
    reason: 'a variable whose name has a dot cannot be read by a shell: the name is that of the service alone',
    gives: {
      meaning: [
        { name: 'API_CONNECT_SERVICE_HOST', value: '127.0.0.1' },
        { name: 'API_CONNECT_SERVICE_PORT', value: '1234' },
      ],
    },
  },
  c142: {
    reason: 'a VM has no named container ports, and no protocols of ports',
    gives: { refused: '"http" is not a valid integer' },
  },
  c308: { reason: 'empty items of a list are dropped', gives: { meaning: [[]] } },
  c324: {
    reason: 'user names are taken, and looked up on the guest',
    gives: { meaning: [[{ text: 'root', name: 'root' }]] },
  },
  c423: {
    reason: 'a VM has no named container ports, and no Kubernetes Service',
    gives: { refused: '"tcp" is not a valid integer' },
  },
}

/** Error cases whose values are good one by one: what is wrong is between them, and a later stage says so. */
export const DECIDED_LATER: Readonly<Record<string, string>> = {
  c143: 'the protocols of ports are not known on a VM',
  c151: 'several services and the transparent proxy',
  c152: 'several services and metrics',
  c153: 'several services and metrics merging',
  c477: 'TLS files that belong together',
  c478: 'TLS files that belong together',
}

/** Upstream texts that quote Go's libraries or nftables, which this tool says in its own words. */
export const OWN_WORDS: RegExp = /strconv\.Parse|quantities must match|^Exclude|^$/
