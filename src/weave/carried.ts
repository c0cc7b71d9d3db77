import type { UserData } from '../decode/user-data.ts'
import type { GuestFile } from '../render/injection.ts'
import { readBundle } from './bundle.ts'
import { GUEST_PART } from './envelope.ts'
import { unweave } from './unweave.ts'

/** A stretch of the text of a document, in UTF-16 offsets, end exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A guest file, and what brings it to the VM. */
export interface CarriedFile extends GuestFile {
  readonly by: 'boothook' | 'write_files'
}

/** What an injected document carries besides the operator's own, read back from its bytes. */
export interface Carried {
  /** The version of the tool that injected. */
  readonly version: string
  readonly layout: 'multipart' | 'cloud-config'
  readonly files: readonly CarriedFile[]
  /** What of the text is the tool's own. */
  readonly own: readonly Stretch[]
  /** What of it a reader cannot read or need not, and what is said in its place. In order. */
  readonly elided: readonly (Stretch & { readonly words: string })[]
}

/** The digest in our boundary is of no use to a reader; it stands in the header as it is. */
function delimiters(text: string, boundary: string): Carried['elided'] {
  const words = boundary.replace(/(?<===consul-vm-inject-)[0-9a-f]+(?===$)/, '…')
  const found = [...text.matchAll(new RegExp(`(?<=^--)${boundary.replace(/[^\w-]/g, '\\$&')}(?=(?:--)?$)`, 'gm'))]
  return found.map(({ index }) => ({ start: index, end: index + boundary.length, words }))
}

/** The layout `multipart`: the files are packed in the boothook. */
function fromMultipart({ mime, source: { text } }: UserData, version: string): Carried | undefined {
  const guest = mime?.children.findLast(({ filename }) => filename === GUEST_PART)
  if (mime?.boundary === undefined || guest === undefined) return undefined
  const bundle = readBundle(text.slice(guest.bodyStart, guest.end))
  if (bundle === undefined) return undefined
  const { files, start, end } = bundle
  const packed = {
    start: guest.bodyStart + start,
    end: guest.bodyStart + end,
    words: `(${files.length} file${files.length === 1 ? '' : 's'}, ${end - start} characters: shown below, decoded)`,
  }
  return {
    version,
    layout: 'multipart',
    files: files.map(file => ({ ...file, by: 'boothook' })),
    own: [{ start: guest.start, end: text.length }],
    elided: [...delimiters(text, mime.boundary), packed].sort((a, b) => a.start - b.start),
  }
}

/** Reads an injected document back; undefined when the user-data is not injected, or no longer readable. */
export function readCarried(userData: UserData): Carried | undefined {
  const version = unweave(userData)?.version
  return version === undefined ? undefined : fromMultipart(userData, version)
}
