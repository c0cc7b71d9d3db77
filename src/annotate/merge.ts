import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import type { Annotation, Annotations, Origin } from './annotation.ts'
import { saysNothing } from './empty.ts'

/** Which layer wins: what is given beside the document, then the document, then defaults. */
const RANK: Readonly<Record<Origin, number>> = { flag: 0, metadata: 1, document: 2, default: 3 }

const ORIGIN_LABEL: Readonly<Record<Origin, string>> = {
  flag: 'on the command line',
  metadata: 'in the metadata',
  document: 'in the document',
  default: 'in the values',
}

export const outranks = (a: Annotation, b: Annotation): boolean => RANK[a.origin] < RANK[b.origin]

/** Two values for one key within a layer. */
export const contradiction = (annotation: Annotation, known: Annotation): Diagnostic =>
  diagnostic('E202', `${annotation.key} is given twice ${ORIGIN_LABEL[annotation.origin]}, with different values`, {
    span: annotation.span,
    hint: 'keep one of the two',
    ...(known.span !== undefined && { related: { message: 'the other value is here', span: known.span } }),
  })

const empty = ({ key, span, keySpan }: Annotation): Diagnostic =>
  diagnostic('W202', `${key} is empty and counts as not given`, {
    span: keySpan ?? span,
    hint: 'leave the key out, or give a value',
  })

/** One annotation a key. What is empty counts as not given, and hides nothing of a lower layer. Two values for one key within a layer contradict each other: both places are shown. */
export function merge(found: readonly Annotation[]): {
  readonly annotations: Annotations
  readonly diagnostics: readonly Diagnostic[]
} {
  const merged = new Map<string, Annotation>()
  const diagnostics: Diagnostic[] = []
  for (const annotation of [...found].sort((a, b) => RANK[a.origin] - RANK[b.origin])) {
    const known = merged.get(annotation.key)
    if (saysNothing(annotation)) diagnostics.push(empty(annotation))
    else if (known === undefined) merged.set(annotation.key, annotation)
    else if (known.origin === annotation.origin && known.value !== annotation.value) {
      diagnostics.push(contradiction(annotation, known))
    }
  }
  return { annotations: merged, diagnostics }
}
