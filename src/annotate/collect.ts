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

/** What makes cloud-init drop a whole cloud-config: it is not YAML, or more than one document, or no mapping. */
function dropped(document: Document): readonly Diagnostic[] {
  const { source, start, end, format } = document
  if (format !== 'cloud-config') return []
  const yaml = yamlOf(document)
  const say = (code: Code, why: string, offset: number, hint: string): readonly Diagnostic[] => [
    diagnostic(code, `cloud-init will drop this cloud-config: ${why}`, {
      span: spanOf(source, start + offset, Math.min(start + offset + 1, end)),
      hint,
    }),
  ]
  if (!yaml.ok) return say('W107', yaml.message, yaml.offset, 'fix the YAML here')
  if (yaml.documents > 1) return say('W109', 'it holds several YAML documents', 0, 'keep one; other parts go into MIME')
  const merging = brokenMergeHow(yaml.root)
  if (merging !== undefined)
    return say(
      'W110',
      'its merge_how is invalid',
      merging.key.start,
      "write 'dict(recurse_array)+list(append)+str()' or the like",
    )
  const root = followed(yaml.root)
  const isText = root?.kind === 'scalar' && root.type !== 'null'
  if (root?.kind === 'sequence' || isText) {
    return say('W111', `its root is ${isText ? 'text' : 'a list'}`, root.start, 'write a mapping: key: value')
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

/** Every annotation that stands in the user-data, with the lines that must leave as comments. */
export function collect({ name, documents }: UserData, lines: KeyLines = 'cut'): DocumentLayer {
  const layers = documents.map(document => collectFrom(document, lines))
  if (layers.reduce((sum, { annotations }) => sum + annotations.length, 0) > MOST) {
    const hint = 'no machine needs as many: give another file'
    return { ...NO_KEYS, diagnostics: [diagnostic('E110', `${name} has more than ${MOST} annotations`, { hint })] }
  }
  return {
    annotations: layers.flatMap(({ annotations }) => annotations),
    cuts: layers.flatMap(({ cuts }) => cuts).sort((a, b) => a - b),
    diagnostics: layers.flatMap(({ diagnostics }) => diagnostics),
  }
}
