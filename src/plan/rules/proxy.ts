import type { Upstream } from '../../annotate/grammar/upstream.ts'
import { PROMETHEUS_FILES } from '../envoy.ts'
import { portsInUse } from '../ports.ts'
import { keyOf as key } from '../reader.ts'
import { none, type Rule } from './rule.ts'

/** Rules on the sidecar: metrics, ports, limits of the agent, arguments of Envoy. */
export const PROXY_RULES: readonly Rule[] = [
  {
    code: 'E304',
    find: ({ given, ...it }) => {
      const merging = given.get(key('enable-metrics-merging'))
      if (merging === undefined || !/^(?:1|t|T|TRUE|true|True)$/.test(merging.value)) return none
      if (it.services.length > 1) {
        return [
          {
            message: 'multi protocol multi port services are not compatible with metrics merging',
            hint: `take ${merging.key} out`,
            at: merging,
          },
        ]
      }
      const tls = PROMETHEUS_FILES.some(name => it.reader.given(name) !== undefined)
      return tls
        ? [
            {
              message: 'metrics merging with TLS cannot be had on a VM: nothing there merges the metrics',
              hint: `take ${merging.key} out; Envoy serves its own metrics over TLS`,
              at: merging,
            },
          ]
        : none
    },
  },
  {
    code: 'E304',
    find: ({ reader }) => {
      const set = PROMETHEUS_FILES.filter(name => reader.given(name) !== undefined)
      if (set.length === 0) return none
      const missing = [
        set.includes('prometheus-ca-file') || set.includes('prometheus-ca-path')
          ? []
          : [
              `must set one of "${key('prometheus-ca-file')}" or "${key('prometheus-ca-path')}" when providing prometheus TLS config`,
            ],
        ...['prometheus-cert-file', 'prometheus-key-file'].map(name =>
          set.includes(name) ? [] : [`must set "${key(name)}" when providing prometheus TLS config`],
        ),
      ].flat()
      return missing.map(message => ({
        message,
        hint: 'CA, certificate and key go together',
        at: reader.given(set[0] ?? ''),
      }))
    },
  },
  {
    code: 'E305',
    find: ({ reader, services }) => {
      const scrape = reader.on('enable-metrics') ? reader.read<number>('prometheus-scrape-port') : undefined
      const taken = portsInUse(services.length, scrape)
      const own = services.flatMap(({ ports }) => ports)
      const clash = own.flatMap(port => {
        const use = taken.get(port)
        return use === undefined
          ? []
          : [
              {
                message: `the service's port ${port} is ${use}`,
                hint: 'give the service another port',
                at: reader.given('connect-service-port'),
              },
            ]
      })
      const upstreams = reader
        .list<Upstream>('connect-service-upstreams')
        .flatMap(({ local_bind_port: port, destination_name: name }) => {
          const use = own.includes(port) ? 'the service’s own port' : taken.get(port)
          return use === undefined
            ? []
            : [
                {
                  message: `upstream ${name} would listen on port ${port}, which is ${use}`,
                  hint: 'give the upstream another local port',
                  at: reader.given('connect-service-upstreams'),
                },
              ]
        })
      return [...clash, ...upstreams]
    },
  },
  {
    code: 'E305',
    find: ({ reader }) => {
      const prefix = key('service-meta-')
      const own = [...reader.annotations.values()].filter(({ key: name }) => name.startsWith(prefix))
      const count = own.filter(({ key: name }) => name !== `${prefix}managed-by`).length + 1
      return count > 64
        ? [
            {
              message: `${count} meta entries: an agent takes 64 at most, and one is managed-by`,
              hint: 'take some out',
              at: own.at(-1),
            },
          ]
        : none
    },
  },
  {
    code: 'W303',
    find: ({ reader }) => {
      const words = reader.list<string>('envoy-extra-args')
      const asked = reader.given('consul-envoy-proxy-concurrency')
      return asked !== undefined && words.some(word => /^--concurrency(?:=|$)/.test(word))
        ? [
            {
              message: `--concurrency in ${key('envoy-extra-args')} wins over ${asked.key}`,
              hint: 'keep one of the two',
              at: asked,
            },
          ]
        : none
    },
  },
  {
    code: 'W303',
    find: ({ reader }) => {
      const bad = reader
        .list<string>('envoy-extra-args')
        .find(word => /^(?:-c|--config-path|--config-yaml)(?:=|$)/.test(word))
      return bad === undefined
        ? none
        : [
            {
              message: `${bad} overrides the configuration that Consul gives Envoy`,
              hint: `use ${key('proxy-config-map')} for settings of the proxy`,
              at: reader.given('envoy-extra-args'),
            },
          ]
    },
  },
  {
    code: 'W303',
    find: ({ reader, acls }) =>
      acls && reader.given('alpha:acl-token-file') === undefined
        ? [
            {
              message: 'ACLs are on in the values file, and the sidecar has no token',
              hint: `add ${key('alpha:acl-token-file')} with the path of a token for service:write`,
            },
          ]
        : none,
  },
]
