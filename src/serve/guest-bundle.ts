import { guestBundle } from '../index.ts'
import { problem } from './problem.ts'
import { bytes } from './request.ts'
import type { Handler } from './router.ts'

/** `GET /guest/SHA256`: the bundle that the profile fetch fetches. It never changes under its name; it holds nothing of the operator's. */
export const guestBundleHandler: Handler = (_request, _state, { digest }) => {
  const bundle = guestBundle()
  if (digest !== bundle.digest)
    return problem('E703', 'there is no bundle with this digest', `this version has ${bundle.digest}`)
  const answer = bytes(bundle.bytes)
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=31536000, immutable' } }
}
