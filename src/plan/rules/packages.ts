import { binaryOf, takesAny } from '../envoy.ts'
import { keyOf as key } from '../reader.ts'
import { refused } from '../versions.ts'
import type { Rule } from './rule.ts'

/** Rules on the versions of Consul and Envoy. */
export const PACKAGE_RULES: readonly Rule[] = [
  {
    code: 'W314',
    find({ reader, pins }) {
      const row = takesAny(reader) || binaryOf(reader) !== undefined ? undefined : refused(pins.consul, pins.envoy)
      if (row === undefined) return undefined
      return {
        message: `Consul ${pins.consul} does not start Envoy ${pins.envoy}: it accepts 1.${row.lowest} to 1.${row.highest}`,
        hint: `pin another one of the two, leave the pin of Envoy out, or add -ignore-envoy-compatibility to ${key('envoy-extra-args')}`,
      }
    },
  },
]
