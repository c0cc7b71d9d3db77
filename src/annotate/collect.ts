import { brokenMergeHow } from '../decode/merge-how.ts'
import { type Document, type UserData, yamlOf } from '../decode/user-data.ts'
import { followed } from '../decode/yaml-node.ts'
import { type Code, type Diagnostic, diagnostic, hasErrors } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import type { Annotation, DocumentLayer, KeyLines } from './annotation.ts'
import { readKeys } from './cloud-config-keys.ts'
import { readHeaderComments } from './header-comments.ts'

/** Formats in which a comment breaks the document: JSON has none. */
function commentProblem({ renders }: Document, [first]: readonly Annotation[]): readonly Diagnostic[] {
  if (renders !== 'cloud-config-jsonp' || first === undefined) return []
  return [
    diagnostic('W106', 'cloud-init cannot read comments in a jsonp document', {
      span: first.keySpan,
      hint: 'give the annotations with --annotation or --metadata and take the comments out',
    }),
  ]
}

/** What makes cloud-init drop a whole cloud-config or archive: it is not YAML, or more than one document, or no mapping or list. */
function dropped(document: Document): readonly Diagnostic[] {
  const { source, start, end, format } = document
  const isArchive = format === 'cloud-config-archive'
  if (format !== 'cloud-config' && !isArchive) return []
  const say = (code: Code, why: string, offset: number, hint: string): readonly Diagnostic[] => [
    diagnostic(code, `cloud-init will drop this ${isArchive ? 'archive' : 'cloud-config'}: ${why}`, {
      span: spanOf(source, start + offset, Math.min(start + offset + 1, end)),
      hint,
    }),
  ]
  if (!document.isUtf8) {
    const beyond = source.text.slice(start, end).search(/[^\x00-\x7f]/)
    return say('W107', 'it is not UTF-8', beyond, 'save the file as UTF-8')
  }
  const yaml = yamlOf(document)
  if (!yaml.ok) return say('W107', yaml.message, yaml.offset, 'fix the YAML here')
  if (yaml.documents > 1) return say('W109', 'it holds several YAML documents', 0, 'keep one; other parts go into MIME')
  const root = followed(yaml.root)
  const isText = root?.kind === 'scalar' && root.type !== 'null'
  if (isArchive) {
    const isList = root?.kind !== 'mapping' && !isText
    return isList ? [] : say('W111', 'its root is no list', root.start, 'write a list of documents: - content: ...')
  }
  const merging = brokenMergeHow(yaml.root)
  if (merging !== undefined)
    return say(
      'W110',
      'its merge_how is invalid',
      merging.key.start,
      "write 'dict(recurse_array)+list(append)+str()' or the like",
    )
  if (root?.kind === 'sequence' || isText) {
    return say('W111', `its root is ${isText ? 'text' : 'a list'}`, root.start, 'write a mapping: key: value')
  }
  const entries = root?.kind === 'mapping' ? root.entries.map(({ key }) => followed(key)) : []
  const odd = entries.find(key => key?.kind === 'scalar' && !['str', 'merge'].includes(key.type))
  if (odd?.kind === 'scalar') {
    const why = `its key ${odd.text} is no text, at which cloud-init 23 and newer stops`
    return say('W112', why, odd.start, `quote it: "${odd.text}"`)
  }
  return []
}

/** In a jinja template a value may be an expression, which only the guest can work out. */
function expression({ format }: Document, { key, value, span }: Annotation): readonly Diagnostic[] {
  if (format !== 'jinja' || !/\{[{%]/.test(value)) return []
  const why = `${key} is a jinja expression, whose value is known on the guest only`
  return [diagnostic('E211', why, { span, hint: 'write the value itself' })]
}

const NO_KEYS: DocumentLayer = { annotations: [], diagnostics: [], cuts: [] }

/** A cloud-config of more nodes than the tool reads. Of other documents nothing but their head is read. */
function tooLarge(document: Document): readonly Diagnostic[] {
  const yaml = document.format === 'cloud-config' ? yamlOf(document) : undefined
  if (yaml === undefined || yaml.ok || yaml.tooLarge === undefined) return []
  const hint = 'no machine is configured by as much: give another file'
  return [diagnostic('E109', `${document.source.name} cannot be read: ${yaml.message}`, { hint })]
}

function collectFrom(document: Document, lines: KeyLines): DocumentLayer {
  const refused = tooLarge(document)
  if (refused.length > 0) return { ...NO_KEYS, diagnostics: refused }
  const comments = readHeaderComments(document)
  const keys = document.renders === 'cloud-config' ? readKeys(document, lines) : NO_KEYS
  const found = [...comments.annotations, ...keys.annotations]
  const expressions = found.map(annotation => expression(document, annotation))
  return {
    annotations: found.filter((_, index) => expressions[index]?.length === 0),
    cuts: keys.cuts,
    diagnostics: [
      ...(hasErrors(keys.diagnostics) ? [] : dropped(document)),
      ...keys.diagnostics,
      ...comments.diagnostics,
      ...expressions.flat(),
      ...commentProblem(document, found),
    ],
  }
}

/** Annotations of one piece of user-data. */
const MOST = 10_000

/** What looks like an annotation, and what may stand before it in its line: in a comment, in a list, or as a key, at any depth. */
const MENTIONED = /((?:alpha\.)?consul\.hashicorp\.com\/[^\s:="']{1,200})["']?[ \t]{0,20}[:=]/g
const BEFORE = /^[ \t]*(?:\{#[ \t-]*)?(?:#+|-)?[ \t"'-]*$/
/** Characters of a line that are looked at before it. */
const INDENT = 200

/** Where user-data without annotations names one all the same: in an item of an archive, for a Pod, in another spelling. */
function mentions({ documents, mime, source: whole }: UserData): readonly Diagnostic[] {
  // What stands in no part of a MIME document: its headers, its preamble.
  const beside = mime === undefined ? [] : [{ source: whole, start: 0, end: whole.text.length }]
  for (const { source, start, end } of [...documents, ...beside]) {
    const text = source.text.slice(start, end)
    const found = [...text.matchAll(MENTIONED)].find(({ index }) => {
      const before = text.slice(Math.max(0, index - INDENT), index)
      const line = before.slice(before.lastIndexOf('\n') + 1)
      return line.length < INDENT && BEFORE.test(line)
    })
    if (found === undefined) continue
    const [from, key = ''] = [start + found.index, found[1]]
    return [
      diagnostic('N110', `${key} stands where no annotations are read`, {
        span: spanOf(source, from, from + key.length),
        hint: `if it is for this VM, write # ${key}: "..." at the top${mime === undefined ? '' : ' of a part'}, below the first line`,
      }),
    ]
  }
  return []
}

/** Every annotation that stands in the user-data, with the lines that must leave as comments. */
export function collect(userData: UserData, lines: KeyLines = 'cut'): DocumentLayer {
  const { name, documents } = userData
  const layers = documents.map(document => collectFrom(document, lines))
  if (layers.reduce((sum, { annotations }) => sum + annotations.length, 0) > MOST) {
    const hint = 'no machine needs as many: give another file'
    return { ...NO_KEYS, diagnostics: [diagnostic('E110', `${name} has more than ${MOST} annotations`, { hint })] }
  }
  const annotations = layers.flatMap(layer => layer.annotations)
  const said = layers.flatMap(({ diagnostics }) => diagnostics)
  const named = annotations.length > 0 || said.some(({ code }) => /^[EW]2/.test(code))
  return {
    annotations,
    cuts: layers.flatMap(({ cuts }) => cuts).sort((a, b) => a - b),
    diagnostics: named ? said : [...said, ...mentions(userData)],
  }
}
