import { decodeBase64 } from '../decode/base64.ts'
import { isRecord } from '../decode/record.ts'
import { parseJson } from './json.ts'
import { failure, noteOf, refused, withInstance } from './outcome.ts'
import { problem } from './problem.ts'
import { type Response, respond } from './request.ts'
import type { Handler } from './router.ts'

/** What is read of the request that Nova's DynamicJSON posts. */
interface NovaRequest {
  readonly userData: Uint8Array
  readonly metadata: Readonly<Record<string, string>>
  readonly instance: string | undefined
}

/** Nova lets no slash into a key of the metadata, so that a colon may stand for it. */
const OURS = /^((?:alpha\.)?consul\.hashicorp\.com)[/:](?=.)/

/** User-data is posted as Nova keeps it: in base64. What is not base64 is taken as it is. */
const decoded = (text: string): Uint8Array => decodeBase64(text)?.bytes ?? new TextEncoder().encode(text)

/** What was posted, or what is wrong with it. Whatever else Nova posts now or later is of no interest here. */
function readRequest(body: Uint8Array): NovaRequest | string {
  const posted = parseJson(body)
  if (!isRecord(posted)) return 'the body is not a JSON object'
  const { 'user-data': userData = null, metadata = {}, 'instance-id': id } = posted
  if (userData !== null && typeof userData !== 'string') return 'user-data is neither a string nor null'
  if (metadata !== null && !isRecord(metadata)) return 'metadata is not an object'
  const entries = Object.entries(metadata ?? {}).filter(([key]) => OURS.test(key))
  if (entries.some(([, value]) => typeof value !== 'string')) return 'an annotation in metadata is not a string'
  return {
    userData: decoded(userData ?? ''),
    metadata: Object.fromEntries(entries.map(([key, value]) => [key.replace(OURS, '$1/'), String(value)])),
    instance: typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : undefined,
  }
}

const texts = new WeakMap<Uint8Array, Uint8Array>()

/** Bytes as a JSON string, made once for what is asked for again and again. */
function stringOf(vendorData: Uint8Array): Uint8Array {
  const known = texts.get(vendorData)
  if (known !== undefined) return known
  const text = Buffer.from(`${JSON.stringify(Buffer.from(vendorData).toString('latin1'))}\n`)
  texts.set(vendorData, text)
  return text
}

/** Nova puts the answer under the name of the target, `cloud-init`, whose value has to be a string. */
const answer = (vendorData: Uint8Array, note: Response['note']): Response =>
  respond(200, 'application/json', stringOf(vendorData), note)

/** Vendor-data for one instance, made of its user-data and of its metadata, which outranks it. */
export const openStack: Handler = async ({ body }, state) => {
  const posted = readRequest(body)
  if (typeof posted === 'string') return problem('E711', posted, 'this is for the DynamicJSON of Nova')
  const { userData, metadata, instance } = posted
  const annotations = { name: 'metadata', text: JSON.stringify({ annotations: metadata }) }
  // Nova keeps what it asks for in vendor_data2.json, beside the static vendor_data.json.
  const options = { ...state.defaults(), name: 'user-data', metadata: annotations, vendorKey: 'vendor_data2' } as const
  const result = await state.work({ kind: 'vendor', input: userData, options })
  if (result.ok && result.output !== undefined) {
    return withInstance(answer(result.output, noteOf(result, false)), instance)
  }
  const fails = state.onError === 'fail' || (!result.ok && result.why === 'busy')
  const bad = result.ok ? refused(result) : failure(result)
  return withInstance(fails ? bad : answer(new Uint8Array(), noteOf(result, true)), instance)
}
