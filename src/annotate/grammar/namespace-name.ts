import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** The name of a Consul namespace: at most 64 letters, digits and hyphens, a letter or digit at both ends. */
export const namespaceName: (value: string) => Parsed<string> = onOneLine(value => {
  if (/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(value) && value.length <= 64) return meaning(value)
  const hint = value === '*' ? 'a service is in one namespace: name it' : 'write at most 64 letters, digits and hyphens'
  return refuse(complaint(`${quote(value)} is not the name of a namespace`, hint))
})
