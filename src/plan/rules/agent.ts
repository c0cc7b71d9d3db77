import { keyOf as key } from '../reader.ts'
import type { Rule } from './rule.ts'

const PAIR = ['alpha:rpc-cert-file', 'alpha:rpc-key-file'] as const

/** Rules on the agent of the VM. */
export const AGENT_RULES: readonly Rule[] = [
  {
    code: 'E315',
    find({ reader }) {
      const [given, ...both] = PAIR.filter(name => reader.given(name) !== undefined)
      if (given === undefined || both.length > 0) return undefined
      const missing = PAIR.filter(name => name !== given).map(key)
      return {
        message: `${key(given)} goes with ${missing.join()}, which is missing`,
        hint: 'a certificate and its key go together',
        at: reader.given(given),
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
