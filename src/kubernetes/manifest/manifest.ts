import { isDeepStrictEqual } from 'node:util'
import { readMetadata } from '../../annotate/beside.ts'
import type { InjectOptions } from '../../api/inject.ts'
import { replaced } from '../../decode/text-range.ts'
import { utf8Of } from '../../decode/utf8.ts'
import { readYamlStream } from '../../decode/yaml.ts'
import { toData } from '../../decode/yaml-data.ts'
import type { YamlNode } from '../../decode/yaml-node.ts'
import { type Diagnostic, diagnostic, hasErrors, warningsAsErrors, withoutMootNotes } from '../../report/diagnostics.ts'
import { type Source, type Span, spanOf } from '../../report/source.ts'
import { type Edit, edited } from '../objects/edit.ts'
import { injectObject, type ObjectChange, type ObjectOptions, uninjectObject } from '../objects/inject.ts'
import { type Kind, kindOf } from '../objects/kinds.ts'
import type { Locator } from '../objects/locator.ts'
import { type Path, textOf, valueAt } from '../objects/path.ts'
import { type Member, throughSecrets, unreadObject } from './besides.ts'
import { entryIn, merges, spotAt } from './node-path.ts'
import { textEdits } from './splice.ts'

export interface ManifestResult {
  /** The manifest; undefined when there are errors. The input itself when nothing had to change. */
  readonly output: Uint8Array | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** An object inside a stream of manifests. */
interface AnyObject {
  /** Number of its document. */
  readonly document: number
  /** The way to it inside the document: into a List, or nowhere. */
  readonly base: Path
  readonly node: YamlNode
  readonly data: unknown
}

/** An object of a known kind. */
interface ManifestObject extends AnyObject {
  readonly kind: Kind
}

/** The objects of a document: itself, or the items of a List. */
function objectsIn(root: YamlNode, document: number): readonly AnyObject[] {
  const items = entryIn(root, 'items')?.value
  const kind = entryIn(root, 'kind')?.value
  const isList = kind?.kind === 'scalar' && kind.text.endsWith('List') && items?.kind === 'sequence'
  const nodes: readonly (readonly [Path, YamlNode])[] = isList
    ? items.items.map((item, at) => [['items', at], item] as const)
    : [[[], root]]
  return nodes.map(([base, node]) => ({ document, base, node, data: toData(node) }))
}

const known = (one: AnyObject): readonly ManifestObject[] => {
  const kind = kindOf(one.data)
  return kind === undefined ? [] : [{ ...one, kind }]
}

/** Places in the text of the manifest; user-data is a source of its own, as the parts of a MIME message are. */
function locatorIn(source: Source, { node, data }: AnyObject): Locator {
  const [kind, name] = [valueAt(data, ['kind']), valueAt(data, ['metadata', 'name'])]
  const label = [kind, name].filter(word => typeof word === 'string').join(' ')
  const span = (one: YamlNode): Span => spanOf(source, one.start, Math.max(one.end, one.start + 1))
  const field = (path: Path): Span => {
    const spot = spotAt(node, path)
    if (spot !== undefined) return span(spot.entry.key)
    return path.length > 1 ? field(path.slice(0, -1)) : spanOf(source, node.start, node.start + 1)
  }
  return {
    name: path => `${source.name} (${label}: ${textOf(path)})`,
    field,
    annotation: (path, key) => {
      const entry = spotAt(node, [...path, key])?.entry
      return entry === undefined
        ? { keySpan: field(path), span: field(path) }
        : { keySpan: span(entry.key), span: span(entry.value) }
    },
  }
}

const unsafe = (span: Span): Diagnostic =>
  diagnostic('E605', 'the manifest cannot be changed here without writing it anew', {
    span,
    hint: 'write the object without anchors, aliases and merge keys: `kubectl apply --dry-run=client -o yaml` prints it so',
  })

/** An object with what is to change in it. */
interface Edits {
  readonly one: ManifestObject
  readonly edits: readonly Edit[]
}

/** What a JSON Patch would make of the data of a document: the proof that the text says it. */
function patched(root: YamlNode | undefined, document: number, all: readonly Edits[]): unknown {
  let data = toData(root)
  for (const { one, edits } of all) {
    if (one.document !== document) continue
    const moved = edits.map(edit => ({ ...edit, path: [...one.base, ...edit.path] }))
    data = edited(data, moved)
  }
  return data
}

/** The text with the edits of all objects made; undefined where that does not say what is meant. */
function spliced(before: string, roots: readonly (YamlNode | undefined)[], all: readonly Edits[]): string | undefined {
  const meant = roots.map((root, document) => patched(root, document, all))
  for (const plainly of [false, true]) {
    const edits = all.flatMap(({ one, edits }) => edits.map(edit => textEdits(before, one.node, edit, plainly)))
    if (edits.includes(undefined)) return undefined
    const inOrder = edits.flatMap(edit => edit ?? []).toSorted((a, b) => a.start - b.start)
    const text = replaced(before, inOrder)
    const stream = readYamlStream(text)
    if (stream.ok && isDeepStrictEqual(stream.roots.map(toData), meant)) return text
  }
  return undefined
}

/** What is wrong with an option is said once, not for every object. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byText = new Map(
    diagnostics.map(entry => [
      JSON.stringify([entry.code, entry.message, entry.span?.source.name, entry.span?.start]),
      entry,
    ]),
  )
  return [...byText.values()]
}

/** Asks what is to change in every object of a manifest and makes the changes in its text: every other byte stays. */
function rewrite(
  input: Uint8Array,
  name: string,
  nothing: string,
  changeOf: (found: ManifestObject, locator: Locator) => ObjectChange,
  besides: (found: readonly AnyObject[], members: readonly Member[], source: Source) => readonly Diagnostic[],
): ManifestResult {
  const utf8 = utf8Of(input)
  const source: Source = { name, text: utf8 ?? Buffer.from(input).toString('utf8') }
  const failed = (code: 'E604' | 'E609', message: string, offset: number): ManifestResult => {
    const span = spanOf(source, offset, offset + 1)
    const hint = 'give the objects as `kubectl get -o yaml` or `-o json` prints them'
    return { output: undefined, diagnostics: [diagnostic(code, message, { span, hint })] }
  }
  if (utf8 === undefined) return failed('E609', 'the manifest is not UTF-8', 0)
  const stream = readYamlStream(source.text)
  if (!stream.ok) return failed('E604', `the manifest is not YAML: ${stream.message}`, stream.offset)
  const found = stream.roots.flatMap((root, document) => (root === undefined ? [] : objectsIn(root, document)))
  const changes = found.flatMap(known).map(one => {
    const locator = locatorIn(source, one)
    const change = changeOf(one, locator)
    return { one, data: one.data, kind: one.kind, locator, change, edits: change.edits }
  })
  const diagnostics = distinct([
    ...changes.flatMap(({ one, locator: { field }, change: { edits, diagnostics: own } }) => {
      if (own.length + edits.length > 0 && merges(one.node)) return [unsafe(field(['kind']))]
      // What has no place of its own stands at the object's name.
      return own.map(entry =>
        entry.span === undefined && entry.severity !== 'note' ? { ...entry, span: field(['metadata', 'name']) } : entry,
      )
    }),
    ...besides(found, changes, source),
  ])
  if (hasErrors(diagnostics)) return { output: undefined, diagnostics: withoutMootNotes(diagnostics) }
  const changed = changes.filter(({ edits }) => edits.length > 0)
  const [first] = changed
  if (first === undefined) {
    const note = diagnostic('N101', `${nothing}: the manifest is left as it is`)
    return { output: input, diagnostics: diagnostics.length > 0 ? diagnostics : [note] }
  }
  const text = spliced(source.text, stream.roots, changed)
  if (text !== undefined) return { output: new TextEncoder().encode(text), diagnostics }
  // Of a failed proof it is not known: the first stands for it.
  const isUnsafe = ({ one, edits }: Edits): boolean =>
    edits.some(edit => textEdits(source.text, one.node, edit, true) === undefined)
  const culprit = changed.find(isUnsafe) ?? first
  return { output: undefined, diagnostics: [unsafe(culprit.locator.field(culprit.edits[0]?.path ?? []))] }
}

/**
 * Injects the KubeVirt VMs and the annotated Secrets of a manifest: YAML documents or JSON, Lists included. What changes is
 * replaced in the text; every other byte stays, comments, order and quoting too. On any error there is no output.
 */
export function injectManifest(input: Uint8Array, options: InjectOptions & ObjectOptions = {}): ManifestResult {
  const { name = '<stdin>', metadata, ...shared } = options
  const also = metadata !== undefined && 'text' in metadata ? readMetadata(metadata) : metadata
  return rewrite(
    input,
    name,
    'no object in it asks for injection',
    ({ data, kind }, locator) => injectObject(data, kind, shared, locator, also),
    (found, members, source) => {
      const others = found.filter(one => known(one).length === 0)
      const unread = others.flatMap(one => unreadObject(one.data, locatorIn(source, one)))
      const said = [...throughSecrets(members), ...unread]
      return options.strict === true ? warningsAsErrors(said) : said
    },
  )
}

/** Takes the injections out of a manifest again, whatever its annotations say. */
export const uninjectManifest = (
  input: Uint8Array,
  { name = '<stdin>', force = false }: { readonly name?: string; readonly force?: boolean } = {},
): ManifestResult =>
  rewrite(
    input,
    name,
    'no object in it was injected',
    ({ data, kind }, locator) => uninjectObject(data, kind, force, locator),
    () => [],
  )
