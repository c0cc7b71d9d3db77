import { type AnnotationLayer, DOMAIN } from '../../annotate/annotation.ts'
import { type InjectOptions, type InjectResult, inject } from '../../api/inject.ts'
import { type Judgement, judge } from '../../api/judge.ts'
import { uninject } from '../../api/uninject.ts'
import { sameBytes } from '../../decode/bytes.ts'
import { type Diagnostic, diagnostic, hasErrors, warningsAsErrors } from '../../report/diagnostics.ts'
import { annotationsOf, isMarked, marked } from './annotations.ts'
import type { Edit } from './edit.ts'
import type { Kind } from './kinds.ts'
import type { Locator } from './locator.ts'
import { valueAt } from './path.ts'
import { unreachable } from './reach.ts'
import {
  bytesIn,
  cloudInitVolumes,
  INLINE_LIMIT,
  type InlineField,
  restored,
  type TooLarge,
  type UserDataField,
  userDataField,
  written,
} from './user-data.ts'

/** How objects are to be judged and injected: as user-data is, but for what belongs to one document only. */
export type ObjectOptions = Omit<InjectOptions, 'name' | 'metadata'> & {
  /** Bytes of user-data that a VM may hold inline; 2048 when not given, which is KubeVirt's own limit. */
  readonly inlineLimit?: number
}

/** What is to be changed in one object, and what there is to say. On errors nothing is. */
export interface ObjectChange {
  readonly edits: readonly Edit[]
  readonly diagnostics: readonly Diagnostic[]
  /** What is injected; absent where nothing is to be. */
  readonly judgement?: Judgement
}

/** A field that holds no user-data to change. */
type Elsewhere = Exclude<UserDataField, InlineField>

const NOTHING: ObjectChange = { edits: [], diagnostics: [] }

/** Whether the user-data itself speaks of annotations, as what was injected before does. */
const mentions = ({ userData, injectedBefore }: Judgement): boolean =>
  injectedBefore || userData.documents.some(({ source }) => source.text.includes(DOMAIN))

const SECRET_WAY =
  'put the user-data into a Secret under the key userdata, annotate the Secret, and name it here in secretRef, which messages ' +
  'of KubeVirt call userDataSecretRef, in place of the user-data'

const SMALLER_WAY = 'bake the guest files into the image (consul-vm-inject guest) and use --profile prebuilt; or '

function tooLarge(field: InlineField, { bytes, packed }: TooLarge, full: boolean, locator: Locator): Diagnostic {
  const sizes = `${bytes} bytes, ${packed} in gzip`
  return diagnostic('E601', `injected, the user-data has ${sizes}; KubeVirt takes ${field.limit} inside a VM`, {
    span: locator.field(field.path),
    hint: (full ? SMALLER_WAY : '') + SECRET_WAY,
  })
}

/** Injection is asked for and there is no user-data that could be changed. */
function without(object: unknown, field: Elsewhere, { kind }: Kind, locator: Locator): Diagnostic {
  const name = locator.name(field.path)
  const span = locator.field(field.path)
  if (field.at === 'secret') {
    return diagnostic('W601', `the user-data is in the Secret ${field.name}: it is injected there, not here`, {
      span,
      hint: 'annotate the Secret, or the user-data in it; for the webhook also label it',
    })
  }
  if (field.at === 'wrong') {
    return diagnostic(field.unknown === true ? 'E606' : 'E602', `the user-data ${field.what}`, {
      span,
      hint: 'give the user-data as the API of the object has it',
    })
  }
  if (kind === 'Secret') {
    return diagnostic('E607', 'the Secret has no user-data', { span, hint: 'put it under the key userdata' })
  }
  const volumes = valueAt(object, field.path)
  if (Array.isArray(volumes) && volumes.some(volume => valueAt(volume, ['sysprep']) !== undefined)) {
    return diagnostic('E608', 'the VM is set up by sysprep, which is for Windows, and has no cloud-init volume', {
      span,
      hint: 'take the annotations off: only Linux with cloud-init is brought into the mesh',
    })
  }
  return diagnostic('E603', 'the VM has no cloud-init volume', {
    span,
    hint: `add a disk and to ${name} its volume with cloudInitNoCloud`,
  })
}

/** KubeVirt reads one cloud-init volume only. */
function unread(object: unknown, { instance }: Kind, locator: Locator): readonly Diagnostic[] {
  const [first, second] = instance === undefined ? [] : cloudInitVolumes(object, instance)
  if (first === undefined || second === undefined) return []
  return [
    diagnostic('W602', `KubeVirt reads ${locator.name(first)} only, the first cloud-init volume`, {
      span: locator.field(second),
      hint: `take ${locator.name(second)} out`,
    }),
  ]
}

/** What is to be done when the user-data cannot be changed here. */
function unchanged(
  object: unknown,
  field: Elsewhere,
  kind: Kind,
  judgement: Judgement,
  locator: Locator,
): ObjectChange {
  const { decision, diagnostics } = judgement
  if (!decision.inject) return { edits: [], diagnostics }
  // Not every VM has user-data: without an operator's own word that is no fault.
  if (field.at === 'nowhere' && !decision.explicit) return NOTHING
  const why = without(object, field, kind, locator)
  if (field.at === 'secret') {
    const reach = hasErrors(diagnostics) ? [] : unreachable(object, kind, judgement, locator)
    return { edits: [], diagnostics: [why, ...reach], judgement }
  }
  return { edits: [], diagnostics: [...diagnostics.filter(({ severity }) => severity !== 'note'), why] }
}

/**
 * Injected in the layout that was asked for; else in the first that fits as text: MIME, or the operator's one cloud-config, which
 * is shorter; else in the first that fits in gzip.
 */
function injected(judgement: Judgement, field: InlineField, options: InjectOptions): InjectResult {
  const result = inject(judgement, options)
  if (options.layout !== undefined || (result.output?.length ?? 0) <= field.limit) return result
  const shorter = inject(judgement, { ...options, layout: 'cloud-config' })
  if (shorter.output === undefined) return result
  const fits = shorter.output.length <= field.limit || 'bytes' in written(field, result.output ?? judgement.input)
  return fits ? shorter : result
}

const notBase64 = ({ path }: InlineField): Elsewhere => ({
  at: 'wrong',
  path,
  what: 'is not base64',
})

/** The edits that inject the user-data, or take an injection out of it. */
function change(
  object: unknown,
  kind: Kind,
  field: InlineField,
  { output, decision, diagnostics, injection }: InjectResult,
  judgement: Judgement,
  locator: Locator,
): ObjectChange {
  if (output === undefined || (!decision.inject && !decision.explicit)) return { edits: [], diagnostics }
  if (!decision.inject) {
    const bytes = bytesIn(field)
    const edits = bytes !== undefined && sameBytes(output, bytes) ? [] : restored(field, output)
    return { edits: [...edits, ...marked(object, kind, false)], diagnostics }
  }
  const result = written(field, output)
  const all = [...diagnostics, ...unread(object, kind, locator), ...unreachable(object, kind, judgement, locator)]
  if ('bytes' in result) {
    return { edits: [], diagnostics: [...all, tooLarge(field, result, injection?.profile === 'full', locator)] }
  }
  return { edits: [...result, ...marked(object, kind, true)], diagnostics: all, judgement }
}

/**
 * Judges an object of a known kind and says what has to change in it, so that the VM boots into the mesh, or no longer does. An
 * object in which nothing asks for injection is not touched and not spoken of. Of Secrets those only count that are annotated
 * themselves. `also` are annotations given beside a VM.
 */
export function injectObject(
  object: unknown,
  kind: Kind,
  options: ObjectOptions,
  locator: Locator,
  also?: AnnotationLayer,
): ObjectChange {
  const { inlineLimit = INLINE_LIMIT, ...shared } = options
  const isVm = kind.instance !== undefined
  const own = annotationsOf(object, kind, locator)
  const layers = also === undefined || !isVm ? [own] : [own, also]
  const metadata: AnnotationLayer = {
    annotations: layers.flatMap(({ annotations }) => annotations),
    diagnostics: layers.flatMap(({ diagnostics }) => diagnostics),
  }
  const field = userDataField(object, kind, inlineLimit)
  const bytes = field.at === 'inline' ? bytesIn(field) : undefined
  const isAnnotated = own.annotations.length + own.diagnostics.length > 0
  if (!isAnnotated && !isVm && bytes === undefined) return NOTHING
  const settings = { ...shared, metadata, name: locator.name(field.path) }
  const judgement = judge(bytes ?? new Uint8Array(), isVm ? { platform: 'kubevirt', ...settings } : settings)
  const asks = isAnnotated || mentions(judgement) || (isVm && judgement.decision.inject)
  if (!asks) return NOTHING
  const { diagnostics: found, ...changed } =
    field.at === 'inline' && bytes !== undefined
      ? change(object, kind, field, injected(judgement, field, settings), judgement, locator)
      : unchanged(object, field.at === 'inline' ? notBase64(field) : field, kind, judgement, locator)
  const diagnostics = options.strict === true ? warningsAsErrors(found) : found
  return hasErrors(diagnostics) ? { edits: [], diagnostics } : { ...changed, diagnostics }
}

/** Takes an injection out of an object, whatever its annotations say; where there is none, the mark that is left of one. */
export function uninjectObject(
  object: unknown,
  kind: Kind,
  force: boolean,
  locator: Locator,
): ObjectChange & { readonly wasInjected: boolean } {
  const field = userDataField(object, kind, INLINE_LIMIT)
  const bytes = field.at === 'inline' ? bytesIn(field) : undefined
  const unmarked = isMarked(object, kind) ? marked(object, kind, false) : []
  if (field.at !== 'inline' || bytes === undefined) return { edits: unmarked, diagnostics: [], wasInjected: false }
  const { output, injected, diagnostics } = uninject(bytes, { name: locator.name(field.path), force })
  if (output === undefined || hasErrors(diagnostics)) return { edits: [], diagnostics, wasInjected: true }
  if (!injected) return { edits: unmarked, diagnostics: [], wasInjected: false }
  return { edits: [...restored(field, output), ...unmarked], diagnostics, wasInjected: true }
}
