import { type Annotation, type AnnotationLayer, DECISION, isOurKey, STATUS } from '../../annotate/annotation.ts'
import { isRecord } from '../../decode/record.ts'
import { type Diagnostic, diagnostic } from '../../report/diagnostics.ts'
import type { Edit } from './edit.ts'
import type { Kind } from './kinds.ts'
import type { Locator } from './locator.ts'
import { type Path, valueAt } from './path.ts'

/** What the tool writes beside the user-data that it injected, as the injector of consul-k8s does. */
const INJECTED = 'injected'

/** Whether the metadata of an object decide on injection, whatever they say. */
export const decides = (object: unknown, { metadata }: Kind): boolean =>
  metadata.some(meta => valueAt(object, [...meta, 'annotations', DECISION]) !== undefined)

/** Whether the first metadata of an object say that it is injected. */
export const isMarked = (object: unknown, { metadata }: Kind): boolean =>
  valueAt(object, [...metadata[0], 'annotations', STATUS]) === INJECTED

/**
 * The annotations of an object; of a VM those of its template and its own, which are one layer: two values for one key contradict
 * each other. The mark of the tool itself is none: whether something is injected, the user-data say.
 */
export function annotationsOf(object: unknown, { metadata }: Kind, locator: Locator): AnnotationLayer {
  const annotations: Annotation[] = []
  const diagnostics: Diagnostic[] = []
  for (const meta of metadata) {
    const path = [...meta, 'annotations']
    const given = valueAt(object, path)
    for (const [key, value] of isRecord(given) ? Object.entries(given) : []) {
      if (!isOurKey(key) || (key === STATUS && value === INJECTED)) continue
      const { keySpan, span } = locator.annotation(path, key, value)
      if (typeof value === 'string') annotations.push({ key, value, origin: 'metadata', keySpan, span })
      else {
        const hint = 'quote it: Kubernetes takes strings only'
        diagnostics.push(diagnostic('E203', `${key} is not a string`, { span, hint }))
      }
    }
  }
  return { annotations, diagnostics }
}

/** Sets the mark, or takes it away together with what would be left empty. */
export function marked(object: unknown, { metadata: [meta] }: Kind, injected: boolean): readonly Edit[] {
  if (injected === (valueAt(object, [...meta, 'annotations', STATUS]) === INJECTED)) return []
  const path = [...meta, 'annotations', STATUS]
  const parents: readonly Path[] = [meta, [...meta, 'annotations']]
  if (injected) {
    // What is missing on the way is made with what stands in it.
    const at = parents.findIndex(parent => !isRecord(valueAt(object, parent)))
    if (at < 0) return [{ op: 'add', path, value: INJECTED }]
    const value = at === 0 ? { annotations: { [STATUS]: INJECTED } } : { [STATUS]: INJECTED }
    return [{ op: 'add', path: parents[at] ?? path, value }]
  }
  const lonely = (parent: Path): boolean => Object.keys(valueAt(object, parent) ?? {}).length === 1
  if (!lonely([...meta, 'annotations'])) return [{ op: 'remove', path }]
  return [{ op: 'remove', path: lonely(meta) ? meta : [...meta, 'annotations'] }]
}
