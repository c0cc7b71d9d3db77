import { type Diagnostic, withSources } from '../../report/diagnostics.ts'
import { secretsInCommands } from './commands.ts'
import { secretsInLines } from './lines.ts'
import { isHarmlessValue, isPlaceOfSecret, isSecretName } from './names.ts'
import { secretsInBase64 } from './packed.ts'
import { joined, type Range } from './range.ts'
import { secretsByShape } from './shapes.ts'
import { secretsInTree } from './tree.ts'

/** What stands in place of a secret, however long it is. */
export const MASK: string = '********'

/** Packed texts inside packed texts are looked into so far. */
const DEPTH = 3

const bySight = (text: string): readonly Range[] => [
  ...secretsInLines(text),
  ...secretsInCommands(text),
  ...secretsByShape(text),
]

/**
 * Where secrets stand in a text of the operator's, in order. A text of any kind is read by its lines, one that is YAML by its keys
 * too. Rather too much is taken for a secret than too little.
 */
function secretsIn(text: string, depth: number = DEPTH): readonly Range[] {
  const packed = depth > 0 ? secretsInBase64(text, inner => secretsIn(inner, depth - 1).length > 0) : []
  return joined([...bySight(text), ...secretsInTree(text, bySight), ...packed])
}

/** A text with another one for each stretch of a secret within a line. Lines stay lines. */
function withSecrets(text: string, mask: (secret: string) => string): string {
  let result = ''
  let at = 0
  for (const [start, end] of secretsIn(text)) {
    result += text.slice(at, start) + text.slice(start, end).replace(/\S[^\n]*/g, mask)
    at = end
  }
  return result + text.slice(at)
}

/** The text with its secrets masked; it has as many lines as before. */
export const masked = (text: string): string => withSecrets(text, () => MASK)

/** The words of a command with their secrets masked, also one that follows its option. */
export function maskedWords(words: readonly string[]): readonly string[] {
  const ranges = secretsIn(words.join(' '))
  let at = 0
  return words.map(word => {
    const [start, end] = [at, at + word.length]
    at = end + 1
    const own = masked(word)
    return own === word && ranges.some(range => range[0] < end && range[1] > start) ? MASK : own
  })
}

/** Data with the secrets in its texts masked, and texts whole that go by the name of a secret. */
export function maskedData<T>(data: T, name?: string): T
export function maskedData(data: unknown, name = ''): unknown {
  if (typeof data === 'string') {
    const secret = isSecretName(name) && !isPlaceOfSecret(name, data) && !isHarmlessValue(data)
    return secret ? MASK : masked(data)
  }
  if (Array.isArray(data)) return data.map(item => maskedData(item, name))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskedData(value, key)]))
}

/** Characters of a text that are searched for secrets; of a longer one nothing is shown in an excerpt. */
const SEARCHED = 1024 * 1024

const blotted = (secret: string): string => '*'.repeat(secret.length)

/** Diagnostics whose excerpts show no secret. Places stay what they are, so a secret is blotted out at its length. */
export const maskedSources = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  withSources(diagnostics, ({ name, text }) => ({
    name,
    text: text.length > SEARCHED ? text.replace(/[^\n]/g, '*') : withSecrets(text, blotted),
  }))
