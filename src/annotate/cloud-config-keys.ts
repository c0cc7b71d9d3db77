import { type Document, yamlOf } from '../decode/user-data.ts'
import {
  entryOf,
  followed,
  mergedEntries,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from '../decode/yaml-node.ts'
import { type Code, type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Span, spanOf } from '../report/source.ts'
import {
  type Annotation,
  type AnnotationLayer,
  DOMAIN,
  type DocumentLayer,
  type KeyLines,
  ourEntries,
} from './annotation.ts'
import { cutsCleanly, danglingAlias, linesOfEntry } from './cut-lines.ts'
import { normalise } from './scalar.ts'

const NONE: DocumentLayer = { annotations: [], diagnostics: [], cuts: [] }
const REMEDY = 'write the annotations as comments at the top of the document: # consul.hashicorp.com/...: "..."'
const KEY_LINE = /^[ \t]*["']?(?:alpha\.)?consul\.hashicorp\.com\/[^\s:"']*["']?[ \t]*:/

/** The mappings of a cloud-config whose entries are annotations, each with the top-level entry that it stands in. */
function places(root: YamlMapping): readonly { readonly top: YamlEntry; readonly mapping: YamlNode | undefined }[] {
  return root.entries.flatMap(top => {
    if (top.key.kind !== 'scalar') return []
    if (top.key.text === 'annotations') return [{ top, mapping: followed(top.value) }]
    if (top.key.text === 'metadata') return [{ top, mapping: followed(entryOf(top.value, 'annotations')?.value) }]
    return []
  })
}

/** Top-level entries that carry annotations: the keys themselves, `annotations:`, `metadata: {annotations:}`. */
function carriers(root: YamlMapping): readonly { readonly top: YamlEntry; readonly entries: readonly YamlEntry[] }[] {
  const own = ourEntries(root.entries).map(top => ({ top, entries: [top] }))
  const below = places(root).map(({ top, mapping }) => ({
    top,
    entries: mapping?.kind === 'mapping' ? ourEntries(mapping.entries) : [],
  }))
  return [...own, ...below]
    .filter(({ entries }) => entries.length > 0)
    .sort((a, b) => a.top.key.start - b.top.key.start)
}

/** Annotations that would arrive through `<<`. */
const merged = (root: YamlMapping): YamlEntry | undefined =>
  [root, ...places(root).map(({ mapping }) => mapping)]
    .flatMap(mapping => (mapping?.kind === 'mapping' ? ourEntries(mergedEntries(mapping)) : []))
    .at(0)

/** In a text that is not YAML: the first line that would be an annotation's key if it were. */
function keyLine(text: string): { readonly start: number; readonly end: number } | undefined {
  let owner = ''
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    if (/^[^\s#{]/.test(line)) owner = line
    if (KEY_LINE.test(line) && (line === owner || /^(?:annotations|metadata)[ \t]*:/.test(owner))) {
      return { start: index + line.search(/\S/), end: index + line.length }
    }
  }
  return undefined
}

/**
 * Annotations that stand as keys of a cloud-config, and the lines to turn into comments: from 23.4 on cloud-init reports any
 * top-level key it does not know, so such keys must not reach the guest. Of a document that is only read they do, with a warning.
 */
export function readKeys(document: Document, lines: KeyLines = 'cut'): DocumentLayer {
  const { source, start, end } = document
  const text = source.text.slice(start, end)
  const place = (node: { start: number; end: number }): Span =>
    spanOf(source, start + node.start, start + Math.max(node.end, node.start + 1))
  const stop = (code: Code, span: Span, why: string): DocumentLayer => ({
    ...NONE,
    diagnostics: [diagnostic(code, why, { span, hint: REMEDY })],
  })
  if (!text.includes(DOMAIN)) return NONE
  const yaml = yamlOf(document)
  if (!yaml.ok) {
    const at = keyLine(text)
    if (at === undefined) return NONE
    const jinja = document.format === 'jinja' ? ' (it is a jinja template)' : ''
    return stop('E209', place(at), `annotation keys cannot be read: the document is not YAML${jinja}: ${yaml.message}`)
  }
  const root = yaml.root
  if (root?.kind !== 'mapping') return NONE
  const through = merged(root)
  if (through !== undefined) return stop('E210', place(through.key), 'annotations arrive through a YAML merge key (<<)')
  const found = carriers(root)
  const first = found[0]
  if (first === undefined) return NONE
  const read = annotationsOf(
    found.flatMap(({ entries }) => entries),
    place,
  )
  if (lines === 'keep') return { ...read, cuts: [], diagnostics: [staying(place(first.top.key)), ...read.diagnostics] }
  const tops = found.map(({ top }) => top)
  const cuts = yaml.documents > 1 ? SEVERAL : cutsOf(document, root, tops)
  return typeof cuts === 'string' ? stop('E204', place(first.top.key), cuts) : { ...read, cuts }
}

const SEVERAL =
  'annotation keys cannot be taken out of several YAML documents, and cloud-init drops a cloud-config that holds them'

/** The offsets of the lines of these entries, or why they cannot be taken out. */
function cutsOf(
  { source, start, end, editable }: Document,
  root: YamlMapping,
  tops: readonly YamlEntry[],
): readonly number[] | string {
  if (root.flow) return 'annotation keys in a flow mapping ({...}) cannot be taken out'
  if (!editable) return 'annotation keys in an encoded MIME part cannot be taken out'
  const dangling = danglingAlias(root, tops)
  if (dangling !== undefined) return `the anchor &${dangling} stands inside an annotation and is used elsewhere`
  const following = new Map(root.entries.map((entry, index) => [entry, root.entries[index + 1]]))
  const cuts = tops.flatMap(top => {
    const next = following.get(top)?.key.start
    return linesOfEntry(source, start + top.key.start, next === undefined ? undefined : start + next, end)
  })
  const clean = cutsCleanly(
    source.text.slice(start, end),
    root,
    tops,
    cuts.map(cut => cut - start),
  )
  return clean ? cuts : 'annotation keys that share lines with others cannot be taken out'
}

/** What stays in a cloud-config as a key is reported on the guest. */
const staying = (span: Span): Diagnostic =>
  diagnostic(
    'W402',
    'annotation keys stay in the user-data, and cloud-init 23.4 and newer reports keys it does not know',
    {
      span,
      hint: REMEDY,
    },
  )

/** The annotations of these entries, and what is wrong with their values. */
function annotationsOf(
  entries: readonly YamlEntry[],
  place: (node: { start: number; end: number }) => Span,
): AnnotationLayer {
  const diagnostics: Diagnostic[] = []
  const annotations: Annotation[] = []
  for (const { key, value } of entries) {
    if (key.kind !== 'scalar') continue
    const span = place(value)
    const text = normalise(key.text, value, span)
    if (!text.ok) diagnostics.push(text.diagnostic)
    else annotations.push({ key: key.text, value: text.value, origin: 'document', span, keySpan: place(key) })
  }
  return { annotations, diagnostics }
}
