import { digestOf } from '../digest.ts'
import type { MimeEntity } from '../mime.ts'

/** The header that marks what injection made: each part of its own, and an envelope that it put around a document. */
export const MARK = 'X-Consul-VM-Inject'
/** The header of the first of our parts that says which lines of the operator's are comments. */
export const COMMENTED: string = `${MARK}-Commented`
/** The names of our parts; the name of the script begins with as many z as it takes to sort last. */
export const GUEST_PART = 'consul-vm-inject-guest'
export const START_PART = '-consul-vm-inject-start'

/**
 * How the operator's document travels in an envelope: not at all, as text, in base64, or, when it is MIME itself, as it is. `open` is
 * MIME without its closing delimiter: its last line break is part of its last part. In vendor-data there is no document of theirs.
 */
const FORMS = ['none', '7bit', 'base64', 'verbatim', 'open', 'vendor-data'] as const
export type Form = (typeof FORMS)[number]

/** The mark of an envelope: `0.1.0; operator=7bit`. */
export interface EnvelopeMark {
  readonly version: string
  readonly form: Form
}

/**
 * What injection added to the end of a message of so many parts that had no closing delimiter: that, and where its last line had no
 * line break, this as well (`joined`).
 */
export interface Ending {
  readonly joined: boolean
  readonly parts: number
}

/** The mark of one part of ours: `0.1.0; part=0123456789abcdef`. */
export interface PartMark {
  readonly version: string
  readonly digest: string
  /** Undefined where the message had its closing delimiter. */
  readonly ending: Ending | undefined
}

export const formatEnvelopeMark = ({ version, form }: EnvelopeMark): string =>
  form === 'vendor-data' ? `${version}; ${form}` : `${version}; operator=${form}`

export function readEnvelopeMark(value: string | undefined): EnvelopeMark | undefined {
  const [, version, word] = /^(\S+)\s*;\s*(?:operator=)?([\w-]+)$/.exec(value ?? '') ?? []
  const form = FORMS.find(known => known === word)
  return version === undefined || form === undefined ? undefined : { version, form }
}

/** `; open=2` */
const formatEnding = (ending: Ending | undefined): string =>
  ending === undefined ? '' : `; ${ending.joined ? 'joined' : 'open'}=${ending.parts}`

export const formatPartMark = ({ version, digest, ending }: PartMark): string =>
  `${version}; part=${digest}${formatEnding(ending)}`

export function readPartMark(value: string | undefined): PartMark | undefined {
  const [, version, digest, word, parts] =
    /^(\S+)\s*;\s*part=([0-9a-f]{16})(?:\s*;\s*(open|joined)=(\d+))?$/.exec(value ?? '') ?? []
  if (version === undefined || digest === undefined) return undefined
  const ending = word === undefined ? undefined : { joined: word === 'joined', parts: Number(parts) }
  return { version, digest, ending }
}

/** What the digest of a part vouches for. */
export interface PartContent extends Pick<MimeEntity, 'contentType' | 'filename'>, Pick<PartMark, 'ending'> {
  /** The value of the header that says what became a comment; empty without it. */
  readonly commented: string
  readonly body: string
}

/** The digest of a part of ours: the same after a program read the message and wrote it anew, with other line ends. */
export function partDigest({ contentType, filename = '', ending, commented, body }: PartContent): string {
  const words = commented.split(/\s+/).join(' ')
  const lines = body.replaceAll('\r\n', '\n').trimEnd()
  return digestOf(`${[contentType, filename, formatEnding(ending), words].join('\n')}\n`, lines)
}
