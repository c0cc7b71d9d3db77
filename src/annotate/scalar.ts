import { readYaml } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import { followed, type YamlNode, type YamlScalar } from '../decode/yaml-node.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import type { Span } from '../report/source.ts'
import { LONGEST_VALUE } from './annotation.ts'
import { rowOf } from './table.ts'

export type Normalised =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic }

/** Syntaxes of the model that are comma lists, and those that are JSON: YAML may say them as lists and mappings of its own. */
const LISTS: ReadonlySet<string> = new Set([
  'service-names',
  'service-ports',
  'tags',
  'upstreams',
  'port-ranges',
  'cidrs',
  'uids',
  'expose-paths',
  'join-addresses',
])
const JSONS: ReadonlySet<string> = new Set(['json-object', 'json-array'])
/** A quoted text, and nothing after it but a comment. */
const QUOTED = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?:#.*)?$/
/** A quoted text in which every character stands for itself. */
const SIMPLE = /^"[ !#-[\]-~]*"$/
const TRUE = /^(?:yes|true|on)$/i
/** Characters that stand for one, at most: \U0001F600. */
const ESCAPE = 10

/**
 * The string a YAML value stands for. Strings, booleans and plain decimal integers are taken as they are written, but for `yes` and
 * `off` where a boolean is meant; a list where the annotation is a comma list; a mapping where it is JSON. What YAML 1.1 would turn
 * into another number than was written is refused, not guessed.
 */
export function normalise(key: string, given: YamlNode, span: Span): Normalised {
  const node = followed(given)
  const syntax = rowOf(key)?.syntax ?? ''
  const wrong = (what: string, hint: string): Normalised => ({
    ok: false,
    diagnostic: diagnostic('E203', `${key} is ${what}, not a string`, { span, hint }),
  })
  if (node === undefined) return wrong('an alias of an anchor that does not exist', 'write the value itself')
  if (node.kind === 'sequence' && LISTS.has(syntax)) return join(key, node.items, span)
  if (node.kind !== 'scalar' && JSONS.has(syntax)) {
    const item = doubtful(node)
    if (item === undefined) return { ok: true, value: JSON.stringify(toData(node)) }
    return wrong(`${item.text} inside, which YAML 1.1 reads as another ${item.type}`, `quote it: "${item.text}"`)
  }
  if (node.kind === 'sequence') return wrong('a list', 'write one string')
  if (node.kind === 'mapping') return wrong('a mapping', 'write one string')
  switch (node.type) {
    case 'str':
      return { ok: true, value: node.text }
    case 'bool':
      if (syntax !== 'go-bool') return { ok: true, value: node.text }
      return { ok: true, value: TRUE.test(node.text) ? 'true' : 'false' }
    case 'int':
      return /^-?(?:0|[1-9][0-9]*)$/.test(node.text)
        ? { ok: true, value: node.text }
        : wrong(`written ${node.text}, which YAML 1.1 reads as another number`, `quote it: "${node.text}"`)
    case 'null':
      return wrong('empty (null in YAML)', 'give a value, or "" for an empty one')
    default:
      return wrong(`a ${node.type} in YAML (${node.text})`, `quote it: "${node.text}"`)
  }
}

/** A tag in a list of tags: its commas are escaped, and a backslash at its end escapes none. */
export const tagItem = (tag: string): string => afterTag(tag.replaceAll(',', '\\,'))

/** A list of tags that more can follow, behind a comma. */
export const afterTag = (list: string): string => list.replace(/\\$/, '\\ ')

/** The first scalar that is data of another kind to PyYAML, or another number, than what is written. */
function doubtful(given: YamlNode, seen = new Set<YamlNode>()): YamlScalar | undefined {
  const node = followed(given)
  if (node === undefined || seen.has(node)) return undefined
  seen.add(node)
  if (node.kind === 'scalar') {
    const data = toData(node)
    const number = typeof data === 'number' && (node.type === 'float' || Number.isSafeInteger(data))
    return !number && ['int', 'float', 'timestamp'].includes(node.type) ? node : undefined
  }
  const items = node.kind === 'sequence' ? node.items : node.entries.map(({ value }) => value)
  for (const item of items) {
    const found = doubtful(item, seen)
    if (found !== undefined) return found
  }
  return undefined
}

function join(key: string, items: readonly YamlNode[], span: Span): Normalised {
  const values: string[] = []
  for (const item of items) {
    const one = normalise(`${key} item ${values.length + 1}`, item, span)
    if (!one.ok) return one
    values.push(key.endsWith('service-tags') ? tagItem(one.value) : one.value)
  }
  return { ok: true, value: values.join(',') }
}

/**
 * The value of an annotation in a comment: quoted text is unquoted as YAML would, anything else is taken as it stands, up to a
 * ` #` that opens a comment of its own. What is too long for a value is left as it is.
 */
export function commentValue(text: string): string {
  // Too long whatever it stands for, and some megabytes would fill the stack.
  if (text.length > ESCAPE * LONGEST_VALUE + 2) return text
  const quoted = QUOTED.exec(text)?.[1]
  if (quoted !== undefined) {
    if (SIMPLE.test(quoted)) return quoted.slice(1, -1)
    const yaml = readYaml(quoted)
    return yaml.ok && yaml.root?.kind === 'scalar' ? yaml.root.text : quoted
  }
  return text.replace(/(?:^|\s)#.*$/, '').trimEnd()
}
