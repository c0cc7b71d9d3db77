import { isIPv4 } from 'node:net'
import { problem } from '../problem.ts'
import type { Request, Response } from '../request.ts'
import type { Handler } from '../router.ts'

/** `localhost:8080`, `127.0.0.1:8080`, `[::1]:8080`; any port, for a tunnel has one of its own. */
const HOST = /^(?:localhost|(127(?:\.[0-9]{1,3}){3})|\[::1\])(?::[0-9]{1,5})?$/i

/**
 * Whether a request was addressed to this machine by a name that only this machine can have. A site whose name was made to lead
 * here (DNS rebinding) has another.
 */
function isHere(host: string): boolean {
  const found = HOST.exec(host)
  return found !== null && (found[1] === undefined || isIPv4(found[1]))
}

/** Whether a browser says that the page itself asks, by every header that it has for this, and by one at least. */
function isOwn({ host = '', origin, 'sec-fetch-site': site }: Request['headers']): boolean {
  if (origin === undefined && site === undefined) return false
  const sameOrigin = origin === undefined || [`http://${host}`, `https://${host}`].includes(origin)
  return sameOrigin && (site === undefined || site === 'same-origin')
}

/** Why a request is not for the page; undefined when it is. */
function foreign({ method, headers }: Request): Response | undefined {
  if (!isHere(headers['host'] ?? ''))
    return problem('E713', 'the request names a host that is not this machine', 'open http://localhost with the port')
  if (method !== 'POST' || isOwn(headers)) return undefined
  return problem('E713', 'the request does not come from the page', 'without a browser, use /check, /inject or preview')
}

/** Lets only this machine's browser through, and of what it sends only what the page sends. */
export const guarded =
  (handle: Handler): Handler =>
  (request, state, params) =>
    foreign(request) ?? handle(request, state, params)
