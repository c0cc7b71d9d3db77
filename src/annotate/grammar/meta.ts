import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed } from './parsed.ts'
import { quote } from './quote.ts'

/** The agent's limits on service metadata; beyond them it refuses the definition, and with it to start. Lengths are in bytes. */
export const metaLimits = { pairs: 64, key: 128, value: 512 } as const

const RESERVED = 'consul-'

/** The key of a metadata pair: what follows `service-meta-`. Of `[A-Za-z0-9_-]`, at most 128, not beginning with `consul-`. */
export const metaKey: (key: string) => Parsed<string> = onOneLine(key => {
  const issues: Issue[] = []
  if (key === '') issues.push(complaint('the metadata key is empty', 'write a key after "service-meta-"'))
  const at = key.search(/[^A-Za-z0-9_-]/)
  if (at >= 0) {
    const hint = 'a metadata key is letters, digits, hyphens and underscores'
    issues.push(complaint(`metadata key ${quote(key)} contains invalid characters`, hint, at, at + 1))
  }
  const bytes = Buffer.byteLength(key)
  if (bytes > metaLimits.key) {
    issues.push(complaint(`metadata key ${quote(key)} is too long: ${bytes} bytes, the limit is ${metaLimits.key}`))
  }
  if (key.startsWith(RESERVED)) {
    const message = `metadata key ${quote(key)} begins with "${RESERVED}", which Consul keeps for itself`
    issues.push(complaint(message, 'choose another key', 0, RESERVED.length))
  }
  return issues.length > 0 ? { ok: false, issues } : meaning(key)
})

/** The value of a metadata pair, verbatim, at most 512 bytes of UTF-8. */
export const metaValue: (value: string) => Parsed<string> = onOneLine(value => {
  const bytes = Buffer.byteLength(value)
  if (bytes <= metaLimits.value) return meaning(value)
  return {
    ok: false,
    issues: [complaint(`the metadata value is too long: ${bytes} bytes, the limit is ${metaLimits.value}`)],
  }
})
