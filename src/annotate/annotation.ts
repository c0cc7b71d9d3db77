import type { YamlEntry } from '../decode/yaml-node.ts'
import type { Diagnostic } from '../report/diagnostics.ts'
import type { Span } from '../report/source.ts'

/** Where an annotation came from. Flags and the metadata file are given beside the document and outrank it. */
export type Origin = 'flag' | 'metadata' | 'document' | 'default'

/** Characters of a value, which is as much as Amazon EC2 takes of user-data. */
export const LONGEST_VALUE: number = 16_384

/** An annotation as it was found: the key, a string value, and the places of both. */
export interface Annotation {
  readonly key: string
  readonly value: string
  readonly origin: Origin
  /** The value's place; absent for defaults that no file gave. */
  readonly span?: Span
  readonly keySpan?: Span
}

/** The annotations of one VM after precedence: at most one a key. */
export type Annotations = ReadonlyMap<string, Annotation>

/** How the keys that consul-k8s has begin, and those that are for VMs alone. */
export const DOMAIN = 'consul.hashicorp.com/'
export const VM_DOMAIN: string = `alpha.${DOMAIN}`
/** Whether a VM joins. */
export const DECISION: string = `${DOMAIN}connect-inject`
/** What says that somebody injected already. */
export const STATUS: string = `${DOMAIN}connect-inject-status`

const KEY = /^(?:alpha\.)?consul\.hashicorp\.com\//

/** Whether a key is one of this tool's: `consul.hashicorp.com/...` or `alpha.consul.hashicorp.com/...`. */
export const isOurKey = (key: string): boolean => KEY.test(key)

/** Those of a mapping's entries whose keys are annotations. */
export const ourEntries = (entries: readonly YamlEntry[]): readonly YamlEntry[] =>
  entries.filter(({ key }) => key.kind === 'scalar' && isOurKey(key.text))

/** The key without its domain, for messages and comparison. */
export const nameOf = (key: string): string => key.replace(KEY, '')

/** What one layer gives: flags, a file of metadata or of values, a document. */
export interface AnnotationLayer {
  readonly annotations: readonly Annotation[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The layer of a document, with the lines that have to leave the tool as comments, by offset of their first character. */
export interface DocumentLayer extends AnnotationLayer {
  readonly cuts: readonly number[]
}

/** Whether the lines of annotation keys are to leave as comments, or stay because the document is only read. */
export type KeyLines = 'cut' | 'keep'
