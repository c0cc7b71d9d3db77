import { createHash, timingSafeEqual } from 'node:crypto'
import { problem } from './problem.ts'
import type { Response } from './request.ts'

/** Who asks, as far as that is known before the body is read. */
export interface Caller {
  readonly authorization: string | undefined
  /** Whether the connection brought a certificate that the CA has signed. */
  readonly certified: boolean
}

/** What is asked of a caller: each that is configured. */
export interface Requirements {
  readonly token?: string | undefined
  readonly certificate: boolean
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in a time that tells nothing of how much of it was right. */
const same = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token))

/**
 * The token of a caller: as a bearer token, or as the password of basic authentication. That is what cloud-init and Nova send
 * when it stands in their URL: `http://any:TOKEN@host/`.
 */
function tokenOf(authorization: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+) *$/.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() !== 'basic') return undefined
  return /^[^:]*:([\s\S]*)$/.exec(Buffer.from(credentials, 'base64').toString('utf8'))?.[1]
}

/** One scheme: Chromium takes no line with two, and who has a bearer token sends it without being asked. */
const CHALLENGE = { 'www-authenticate': 'Basic realm="consul-vm-inject"' }

/** Why a caller is turned away; undefined when it is not. */
export function rejection({ token, certificate }: Requirements, caller: Caller): Response | undefined {
  if (certificate && !caller.certified) return problem('E712', 'the request comes without a valid client certificate')
  if (token === undefined) return undefined
  const given = caller.authorization === undefined ? undefined : tokenOf(caller.authorization)
  if (given !== undefined && same(given, token)) return undefined
  return problem(
    'E702',
    given === undefined ? 'the request comes without a token' : 'the request comes with a wrong token',
    undefined,
    CHALLENGE,
  )
}

/** The token in a file: one line without blanks. Undefined when it holds none. */
export const tokenIn = (text: string): string | undefined => /^\s*(\S+)\s*$/.exec(text)?.[1]
