import { keyOf as key } from '../reader.ts'
import type { Conflict, Rule } from './rule.ts'

/** A certificate and its key: the agent's for its RPC, and what its API and xDS ask of a client. */
const PAIRS = [
  ['alpha:rpc-cert-file', 'alpha:rpc-key-file'],
  ['alpha:client-cert-file', 'alpha:client-key-file'],
] as const

/** Rules on the agent of the VM. */
export const AGENT_RULES: readonly Rule[] = [
  {
    code: 'E315',
    find({ reader }) {
      return PAIRS.flatMap((pair): readonly Conflict[] => {
        const [given, ...both] = pair.filter(name => reader.given(name) !== undefined)
        if (given === undefined || both.length > 0) return []
        const missing = pair.filter(name => name !== given).map(key)
        const message = `${key(given)} goes with ${missing.join()}, which is missing`
        return [{ message, hint: 'a certificate and its key go together', at: reader.given(given) }]
      })
    },
  },
  {
    code: 'E323',
    find({ reader, services }) {
      const application = reader.given('alpha:app-unit')
      const units = [
        reader.text('alpha:agent-unit') ?? 'consul.service',
        'consul-sidecar-init.service',
        ...services.map(({ name }) => `envoy@${name}.service`),
      ]
      if (application === undefined || !units.includes(application.value)) return undefined
      return {
        message: `${application.key} names ${application.value}, which has to start before the sidecar is up`,
        hint: 'name the unit of the application',
        at: application,
      }
    },
  },
  {
    code: 'W325',
    find({ reader }) {
      const asked = reader.asked('enable-consul-dataplane-as-sidecar')
      if (asked === undefined || !reader.on('enable-consul-dataplane-as-sidecar')) return undefined
      if (reader.given('alpha:app-unit') !== undefined) return undefined
      return {
        message: `${asked.key} has the application wait for the sidecar, and no application is named`,
        hint: `name its unit in ${key('alpha:app-unit')}`,
        at: asked,
      }
    },
  },
  {
    code: 'W313',
    find({ reader }) {
      if (!reader.on('alpha:auto-encrypt') || reader.given('alpha:rpc-ca-file') !== undefined) return undefined
      return {
        message: 'the agent gets its certificate from servers that it cannot verify',
        hint: `add ${key('alpha:rpc-ca-file')} with the path of their CA`,
        at: reader.given('alpha:auto-encrypt'),
      }
    },
  },
]
