import { unpackGzip } from '../gzip.ts'
import type { TextRange } from '../text-range.ts'
import { type EarlierInjection, type UserData, yamlOf } from '../user-data.ts'
import { entryOf, type YamlNode, type YamlScalar } from '../yaml-node.ts'
import { type ReadableFile, readBoothook } from './guest-files.ts'
import { GUEST_PART } from './marks.ts'

/** What cloud-init runs last, once an instance, in the layout `cloud-config`: the same script as in the layout `multipart`. */
export const START_SCRIPT = '/var/lib/cloud/instance/scripts/zz-consul-vm-inject-start'

/** A guest file, and what brings it to the VM. */
export interface CarriedFile extends ReadableFile {
  readonly by: 'boothook' | 'write_files'
}

/** Where the contents of files stand in the text of an injected document, as they are or packed. */
export interface CarriedRange extends TextRange {
  readonly files: readonly CarriedFile[]
  readonly packed: boolean
}

/** The files that an injection brings, read back from its bytes. */
export interface CarriedFiles {
  readonly files: readonly CarriedFile[]
  readonly ranges: readonly CarriedRange[]
}

/** The layout `multipart`: the files are in the boothook. */
function inMultipart({ mime, source: { text } }: UserData): CarriedFiles | undefined {
  const guest = mime?.children.findLast(({ filename }) => filename === GUEST_PART)
  const read = guest && readBoothook(text.slice(guest.bodyStart, guest.end))
  if (guest === undefined || read === undefined) return undefined
  const carried = (files: readonly ReadableFile[]): readonly CarriedFile[] =>
    files.map(file => ({ ...file, by: 'boothook' }))
  const ranges = read.contents.map(({ start, end, files, packed }) => {
    return { start: guest.bodyStart + start, end: guest.bodyStart + end, files: carried(files), packed }
  })
  return { files: carried(read.files), ranges }
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
function inCloudConfig({ documents: [document] }: UserData): CarriedFiles | undefined {
  const yaml = document === undefined ? undefined : yamlOf(document)
  const list = yaml?.ok === true ? entryOf(yaml.root, 'write_files')?.value : undefined
  if (document === undefined || list?.kind !== 'sequence') return undefined
  const last = list.items.findIndex(entry => scalarOf(entry, 'path')?.text === START_SCRIPT)
  const ranges = list.items.slice(0, Math.max(0, last)).flatMap((entry): readonly CarriedRange[] => {
    const [path, mode, node] = [scalarOf(entry, 'path'), scalarOf(entry, 'permissions'), scalarOf(entry, 'content')]
    const content = contentIn(entry)
    if (path === undefined || mode === undefined || node === undefined || content === undefined) return []
    const file = { path: path.text, mode: mode.text, content, once: true, by: 'write_files' as const }
    const packed = scalarOf(entry, 'encoding') !== undefined
    return [{ start: document.start + node.start, end: document.start + node.end, files: [file], packed }]
  })
  if (last < 0 || ranges.length !== last) return undefined
  return { files: ranges.flatMap(({ files }) => files), ranges }
}

/** Reads the files of an injection; undefined when they cannot be read any more. */
export const carriedFiles = ({ layout, carrier }: EarlierInjection): CarriedFiles | undefined =>
  layout === 'multipart' ? inMultipart(carrier) : inCloudConfig(carrier)
