import type { Beside } from '../../annotate/beside.ts'
import { check, type InjectOptions, type InjectResult, inject } from '../../api/inject.ts'
import { uninject } from '../../api/uninject.ts'
import { decode } from '../../decode/decode.ts'
import { type Diagnostic, diagnostic, hasErrors, strictly } from '../../report/diagnostics.ts'
import { annotationsOf, isMarked, marked } from './annotations.ts'
import type { Edit } from './edit.ts'
import type { Kind } from './kinds.ts'
import type { Places } from './places.ts'
import {
  bytesIn,
  cloudInitVolumes,
  INLINE_LIMIT,
  type Inline,
  type Place,
  placeOf,
  restored,
  type TooLarge,
  written,
} from './user-data.ts'

/** How objects are to be judged and injected: as user-data is, but for what belongs to one document only. */
export type ObjectOptions = Omit<InjectOptions, 'name' | 'metadata'> & {
  /** Bytes of user-data that a VM may hold inline; 2048 when not given, which is KubeVirt's own limit. */
  readonly inlineLimit?: number
}

/** What is to be changed in one object, and what there is to say. On errors nothing is. */
export interface Judged {
  readonly edits: readonly Edit[]
  readonly diagnostics: readonly Diagnostic[]
}

const NOTHING: Judged = { edits: [], diagnostics: [] }
const DOMAIN = 'consul.hashicorp.com/'

/** Whether the user-data itself speaks of annotations. */
const mentions = (bytes: Uint8Array): boolean =>
  decode(bytes, '').userData.documents.some(({ source }) => source.text.includes(DOMAIN))

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0

const SECRET_WAY =
  'put the user-data into a Secret under the key userdata, annotate the Secret, and name it here in secretRef, which messages ' +
  'of KubeVirt call userDataSecretRef, in place of the user-data'

const SMALLER_WAY = 'bake the guest files into the image (consul-vm-inject guest) and use --profile prebuilt; or '

function tooLarge(place: Inline, { bytes, packed }: TooLarge, full: boolean, places: Places): Diagnostic {
  const sizes = `${bytes} bytes, ${packed} in gzip`
  return diagnostic('E601', `injected, the user-data has ${sizes}; KubeVirt takes ${place.limit} inside a VM`, {
    span: places.field(place.path),
    hint: (full ? SMALLER_WAY : '') + SECRET_WAY,
  })
}

/** Injection is asked for and there is no user-data that could be changed. */
function without(place: Exclude<Place, Inline>, { kind }: Kind, places: Places): Diagnostic {
  const field = places.name(place.path)
  const span = places.field(place.path)
  if (place.at === 'secret') {
    return diagnostic('W601', `the user-data is in the Secret ${place.name}: it is injected there, not here`, {
      span,
      hint: 'annotate the Secret, or the user-data in it',
    })
  }
  if (place.at === 'wrong') {
    return diagnostic('E602', `the user-data ${place.what}`, {
      span,
      hint: 'give the user-data as the API of the object has it',
    })
  }
  return kind === 'Secret'
    ? diagnostic('E603', 'the Secret has no user-data', { span, hint: 'put it under the key userdata' })
    : diagnostic('E603', 'the VM has no cloud-init volume', {
        span,
        hint: `add a disk and to ${field} its volume with cloudInitNoCloud`,
      })
}

/** KubeVirt reads one cloud-init volume only. */
function unread(object: unknown, { volumes }: Kind, places: Places): readonly Diagnostic[] {
  const [first, second] = volumes === undefined ? [] : cloudInitVolumes(object, volumes)
  if (first === undefined || second === undefined) return []
  return [
    diagnostic('W602', `KubeVirt reads ${places.name(first)} only, the first cloud-init volume`, {
      span: places.field(second),
      hint: `take ${places.name(second)} out`,
    }),
  ]
}

/** What is to be done when the user-data cannot be changed here. */
function unchanged(place: Exclude<Place, Inline>, kind: Kind, settings: InjectOptions, places: Places): Judged {
  const { decision, diagnostics } = check(new Uint8Array(), settings)
  if (!decision.inject) return { edits: [], diagnostics }
  // Not every VM has user-data: without an operator's own word that is no fault.
  if (place.at === 'nowhere' && !decision.explicit) return NOTHING
  const why = without(place, kind, places)
  const said = diagnostics.filter(({ severity }) => severity !== 'note')
  return { edits: [], diagnostics: place.at === 'secret' ? [why] : [...said, why] }
}

/**
 * Injected in the layout that was asked for; else in the first that fits as text: MIME, or the operator's one cloud-config, which
 * is shorter; else in the first that fits in gzip.
 */
function injected(bytes: Uint8Array, place: Inline, settings: InjectOptions): InjectResult {
  const result = inject(bytes, settings)
  if (settings.layout !== undefined || (result.output?.length ?? 0) <= place.limit) return result
  const shorter = inject(bytes, { ...settings, layout: 'cloud-config' })
  if (shorter.output === undefined) return result
  return shorter.output.length <= place.limit || 'bytes' in written(place, result.output ?? bytes) ? shorter : result
}

/** The edits that inject the user-data, or take an injection out of it. */
function change(
  object: unknown,
  kind: Kind,
  place: Inline,
  { output, decision, diagnostics, injection }: InjectResult,
  places: Places,
): Judged {
  if (output === undefined || (!decision.inject && !decision.explicit)) return { edits: [], diagnostics }
  if (!decision.inject) {
    const edits = same(output, bytesIn(place)) ? [] : restored(place, output)
    return { edits: [...edits, ...marked(object, kind, false)], diagnostics }
  }
  const result = written(place, output)
  const said = [...diagnostics, ...unread(object, kind, places)]
  return 'bytes' in result
    ? { edits: [], diagnostics: [...said, tooLarge(place, result, injection?.profile === 'full', places)] }
    : { edits: [...result, ...marked(object, kind, true)], diagnostics: said }
}

/**
 * Judges an object of a known kind and says what has to change in it, so that the VM boots into the mesh, or no longer does. An
 * object in which nothing asks for injection is not touched and not spoken of. Of Secrets those only count that are annotated
 * themselves. `also` are annotations given beside a VM.
 */
export function judge(object: unknown, kind: Kind, options: ObjectOptions, places: Places, also?: Beside): Judged {
  const { inlineLimit = INLINE_LIMIT, ...shared } = options
  const own = annotationsOf(object, kind, places)
  const beside = [own, ...(also === undefined || kind.volumes === undefined ? [] : [also])]
  const metadata: Beside = {
    annotations: beside.flatMap(({ annotations }) => annotations),
    diagnostics: beside.flatMap(({ diagnostics }) => diagnostics),
  }
  const place = placeOf(object, kind, inlineLimit)
  const bytes = place.at === 'inline' ? bytesIn(place) : undefined
  const annotated = own.annotations.length + own.diagnostics.length > 0 || (bytes !== undefined && mentions(bytes))
  if (!annotated && kind.volumes === undefined) return NOTHING
  const settings = { ...shared, metadata, name: places.name(place.path) }
  if (!annotated && !check(bytes ?? new Uint8Array(), settings).decision.inject) return NOTHING
  const judged =
    place.at !== 'inline'
      ? unchanged(place, kind, settings, places)
      : bytes === undefined
        ? unchanged({ at: 'wrong', path: place.path, what: 'is not base64' }, kind, settings, places)
        : change(object, kind, place, injected(bytes, place, settings), places)
  const diagnostics = options.strict === true ? strictly(judged.diagnostics) : judged.diagnostics
  return { edits: hasErrors(diagnostics) ? [] : judged.edits, diagnostics }
}

/** Takes an injection out of an object, whatever its annotations say. */
export function unjudge(object: unknown, kind: Kind, force: boolean, places: Places): Judged {
  const place = placeOf(object, kind, INLINE_LIMIT)
  const bytes = place.at === 'inline' ? bytesIn(place) : undefined
  const unmarked = isMarked(object, kind) ? marked(object, kind, false) : []
  if (place.at !== 'inline' || bytes === undefined) return { edits: unmarked, diagnostics: [] }
  const { output, injected, diagnostics } = uninject(bytes, { name: places.name(place.path), force })
  if (output === undefined || hasErrors(diagnostics)) return { edits: [], diagnostics }
  if (!injected) return { edits: unmarked, diagnostics: [] }
  return { edits: [...restored(place, output), ...unmarked], diagnostics }
}
