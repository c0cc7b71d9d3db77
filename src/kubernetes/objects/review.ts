import { isRecord } from '../../decode/record.ts'
import { hasErrors } from '../../report/diagnostics.ts'
import type { V1AdmissionResponse, V1AdmissionReview } from '../types.ts'
import { annotationsOf, decides, isMarked } from './annotations.ts'
import { patchOf } from './edit.ts'
import { injectObject, type ObjectChange, type ObjectOptions, uninjectObject } from './inject.ts'
import { type Kind, kindOf } from './kinds.ts'
import { PATH_LOCATOR } from './locator.ts'
import { refusalMessage, warningsOf } from './message.ts'
import { valueAt } from './path.ts'
import { INLINE_LIMIT, userDataField } from './user-data.ts'

/** HTTP status codes inside an answer. */
const BAD_REQUEST = 400
const UNPROCESSABLE = 422
const FAULT = 500

/** The operations that bring an object which can still be changed. */
const CHANGING: readonly unknown[] = ['CREATE', 'UPDATE']

/** Everything of an object that the injection depends on. */
const inputsOf = (object: unknown, kind: Kind): string =>
  JSON.stringify([
    annotationsOf(object, kind, PATH_LOCATOR).annotations.map(({ key, value }) => [key, value]),
    userDataField(object, kind, INLINE_LIMIT),
  ])

/** An object that was made of a template which went through here. Its user-data is what the template's became. */
function fromTemplate(object: unknown, kind: Kind): boolean {
  const owners = valueAt(object, ['metadata', 'ownerReferences'])
  const { madeBy = [] } = kind
  const owned = Array.isArray(owners) && owners.some(owner => madeBy.some(kind => valueAt(owner, ['kind']) === kind))
  return owned && isMarked(object, kind)
}

/** Whether an object is let through unread: it is being deleted, or it comes from a template that went through here. */
const isSettled = (object: unknown, kind: Kind): boolean =>
  (valueAt(object, ['metadata', 'deletionTimestamp']) ?? null) !== null || fromTemplate(object, kind)

/**
 * What an update leaves of an injection that nothing asks for any more: the injection where the decision was taken off, and the mark
 * where a manifest without annotations was applied over it.
 */
function withdrawn(object: unknown, oldObject: unknown, kind: Kind): ObjectChange | undefined {
  if (!isRecord(oldObject) || !isMarked(oldObject, kind) || !isMarked(object, kind)) return undefined
  const { wasInjected, ...change } = uninjectObject(object, kind, false, PATH_LOCATOR)
  return !wasInjected || (decides(oldObject, kind) && !decides(object, kind)) ? change : undefined
}

function answer(uid: string, request: Readonly<Record<string, unknown>>, options: ObjectOptions): V1AdmissionResponse {
  const { operation, object, oldObject, subResource } = request
  const untouched = { uid, allowed: true }
  if (!CHANGING.includes(operation) || (subResource ?? '') !== '') return untouched
  if (!isRecord(object)) return refused(uid, BAD_REQUEST, `a request to ${operation} has no object`)
  const kind = kindOf(object)
  if (kind === undefined || isSettled(object, kind)) return untouched
  // An update about something else comes from a controller: it must not be stopped, and is no occasion to inject anew.
  const same = isRecord(oldObject) && inputsOf(object, kind) === inputsOf(oldObject, kind)
  if (same && isMarked(object, kind)) return untouched
  const asked = injectObject(object, kind, options, PATH_LOCATOR)
  const left = asked.judgement === undefined && !hasErrors(asked.diagnostics) && withdrawn(object, oldObject, kind)
  const { edits, diagnostics } = left || asked
  if (hasErrors(diagnostics)) return same ? untouched : refused(uid, UNPROCESSABLE, refusalMessage(diagnostics))
  const warnings = warningsOf(diagnostics)
  return {
    ...untouched,
    ...(warnings.length > 0 && { warnings }),
    ...(edits.length > 0 && { patchType: 'JSONPatch', patch: patchOf(edits) }),
  }
}

const refused = (uid: string, code: number, message: string): V1AdmissionResponse => ({
  uid,
  allowed: false,
  status: { code, message },
})

function respond(review: unknown, options: ObjectOptions): V1AdmissionResponse {
  const uid = valueAt(review, ['request', 'uid'])
  const { apiVersion, kind, request } = isRecord(review) ? review : {}
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') {
    return refused(
      typeof uid === 'string' ? uid : '',
      BAD_REQUEST,
      typeof review === 'string' || review instanceof Uint8Array
        ? 'this is text: parse it first, mutate takes the object (JSON.parse)'
        : 'this is not an AdmissionReview of admission.k8s.io/v1',
    )
  }
  if (!isRecord(request) || typeof uid !== 'string' || uid === '') {
    return refused('', BAD_REQUEST, 'the AdmissionReview has no request with a uid')
  }
  try {
    return answer(uid, request, options)
  } catch (error) {
    return refused(uid, FAULT, `consul-vm-inject failed, which is a fault of the tool: ${String(error)}`)
  }
}

/**
 * Answers an AdmissionReview: a JSON Patch that injects the user-data of the object, or takes an injection out, or nothing to
 * change. Every error refuses the object, with all diagnostics in the message. Pure and total: never throws, whatever is asked;
 * a dry run is answered alike, for there are no side effects.
 */
export const mutate = (review: unknown, options: ObjectOptions = {}): V1AdmissionReview => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: respond(review, options),
})
