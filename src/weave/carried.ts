import { unpackGzip } from '../decode/gzip.ts'
import { type UserData, yamlOf } from '../decode/user-data.ts'
import { entryOf, type YamlNode, type YamlScalar } from '../decode/yaml.ts'
import type { GuestFile } from '../render/injection.ts'
import { readBundle } from './bundle.ts'
import { START_SCRIPT } from './cloud-config.ts'
import { GUEST_PART } from './envelope.ts'
import { stretchesIn } from './marks.ts'
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
  const contents = bundle.contents.map(({ start, end, packed }) => {
    const count = `${end - start} characters: shown below`
    const words = packed === undefined ? `(${count})` : `(${packed} file${packed === 1 ? '' : 's'}, ${count}, decoded)`
    return { start: guest.bodyStart + start, end: guest.bodyStart + end, words }
  })
  return {
    version,
    layout: 'multipart',
    files: bundle.files.map(file => ({ ...file, by: 'boothook' })),
    own: [{ start: guest.start, end: text.length }],
    elided: [...delimiters(text, mime.boundary), ...contents].sort((a, b) => a.start - b.start),
  }
}

/** The scalar that an entry of write_files has under a key. */
function scalarOf(entry: YamlNode, key: string): YamlScalar | undefined {
  const node = entryOf(entry, key)?.value
  return node?.kind === 'scalar' ? node : undefined
}

/** What an entry of write_files holds; undefined when it cannot be unpacked. */
function contentIn(entry: YamlNode): string | undefined {
  const content = scalarOf(entry, 'content')?.text ?? ''
  if (scalarOf(entry, 'encoding') === undefined) return content
  const unpacked = unpackGzip(Buffer.from(content, 'base64'))
  return unpacked.ok ? Buffer.from(unpacked.bytes).toString('utf8') : undefined
}

/** The layout `cloud-config`: the files are entries of write_files, up to the script that starts the sidecar. */
function fromCloudConfig(userData: UserData, version: string): Carried | undefined {
  const [document] = userData.documents
  const yaml = document === undefined ? undefined : yamlOf(document)
  const list = yaml?.ok === true ? entryOf(yaml.root, 'write_files')?.value : undefined
  if (document === undefined || list?.kind !== 'sequence') return undefined
  const last = list.items.findIndex(entry => scalarOf(entry, 'path')?.text === START_SCRIPT)
  const entries = list.items.slice(0, Math.max(0, last)).flatMap(entry => {
    const [path, mode, node] = [scalarOf(entry, 'path'), scalarOf(entry, 'permissions'), scalarOf(entry, 'content')]
    const content = contentIn(entry)
    if (path === undefined || mode === undefined || node === undefined || content === undefined) return []
    return [{ file: { path: path.text, mode: mode.text, content, once: true, by: 'write_files' as const }, node }]
  })
  if (last < 0 || entries.length !== last) return undefined
  const { text } = userData.source
  return {
    version,
    layout: 'cloud-config',
    files: entries.map(({ file }) => file),
    own: stretchesIn(userData),
    elided: entries.map(({ file, node }) => {
      const [start, end] = [document.start + node.start, document.start + node.end]
      const raw = text.slice(start, end)
      const block = raw.includes('\n')
      const words = `(${file.content.length} characters: shown below, decoded)`
      return { start, end, words: block ? `${/^ */.exec(raw)?.[0]}${words}\n` : words }
    }),
  }
}

/** Reads an injected document back; undefined when the user-data is not injected, or no longer readable. */
export function readCarried(userData: UserData): Carried | undefined {
  const version = unweave(userData)?.version
  if (version === undefined) return undefined
  return userData.mime === undefined ? fromCloudConfig(userData, version) : fromMultipart(userData, version)
}
