import { unarchived } from '../decode/archive.ts'
import { type Document, type UserData, yamlOf } from '../decode/user-data.ts'
import { entryOf, followed, type YamlNode, type YamlScalar } from '../decode/yaml-node.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Span, spanOf } from '../report/source.ts'

/** What cloud-init takes for true: the text of the value, as Python writes it. */
const TRUE = /^(?:true|on|yes|1)$/i
/** The integer 1 in the spellings of YAML 1.1. */
const ONE = /^\+?(?:0[bx]?)?[0_]*1_*$/
const OURS: readonly string[] = ['text/cloud-boothook', 'text/x-shellscript']

/** The two kinds of vendor-data by the keys that switch them; only OpenStack has the second: what Nova asks others for. */
export type VendorKey = 'vendor_data' | 'vendor_data2'

/** In a text that cannot be read as YAML. */
const LINES: Readonly<Record<VendorKey, RegExp>> = {
  vendor_data: /^[ \t]*(?:-[ \t]+)?["']?vendor_data["']?[ \t]*:.*$|"path"[ \t]*:[ \t]*"\/vendor_data[/"]/m,
  vendor_data2: /^[ \t]*(?:-[ \t]+)?["']?vendor_data2["']?[ \t]*:.*$|"path"[ \t]*:[ \t]*"\/vendor_data2[/"]/m,
}

const isTrue = ({ type, text }: YamlScalar): boolean =>
  type === 'int' ? ONE.test(text) : type !== 'null' && TRUE.test(text.trim())

/** Why cloud-init would not run our parts for this value of the key, and where it stands; undefined when it would. */
function switchedOff(key: VendorKey, value: YamlNode): readonly [why: string, at: YamlNode] | undefined {
  const node = followed(value)
  // A text or a list is lost when cloud-init merges it with its own mapping, which is on; anything else replaces that.
  if (node?.kind === 'sequence' || (node?.kind === 'scalar' && node.type === 'str')) return undefined
  if (node?.kind !== 'mapping') return [`\`${key}\` is not a mapping, which`, value]
  const enabled = entryOf(node, 'enabled')?.value
  const setting = followed(enabled)
  if (enabled !== undefined && !(setting?.kind === 'scalar' && isTrue(setting))) return ['`enabled`', enabled]
  const handlers = entryOf(node, 'disabled_handlers')?.value
  const listed = followed(handlers)
  const names = listed?.kind === 'sequence' ? listed.items.map(followed) : []
  // Of a text cloud-init asks whether the type stands in it.
  const refused = OURS.some(type =>
    listed?.kind === 'scalar'
      ? listed.text.includes(type)
      : names.some(name => name?.kind === 'scalar' && name.text === type),
  )
  return handlers !== undefined && refused ? ['`disabled_handlers`', handlers] : undefined
}

/** Why vendor-data is off, or may be. */
interface VendorSwitch {
  readonly span: Span
  readonly message: string
}

const UNSURE =
  'this may switch vendor-data off, which is not known before the guest reads it: look whether this VM is to join'
const HINT = 'take it out, or inject the user-data itself: consul-vm-inject inject'

/** What one document says of vendor-data: undefined when nothing, null when it leaves it on. */
function switchIn(key: VendorKey, document: Document): VendorSwitch | null | undefined {
  const { source, start, end } = document
  const at = (from: number, to: number): Span => spanOf(source, start + from, start + Math.max(to, from + 1))
  const yaml = document.renders === 'cloud-config' ? yamlOf(document) : undefined
  if (yaml?.ok === true) {
    const value = entryOf(yaml.root, key)?.value
    if (value === undefined) return undefined
    const off = switchedOff(key, value)
    if (off === undefined) return null
    const [why, node] = off
    const message = `${why} switches vendor-data off: this VM will not join the mesh`
    return { span: at(node.start, node.end), message: document.format === 'jinja' ? UNSURE : message }
  }
  if (!['cloud-config', 'cloud-config-jsonp'].includes(document.renders)) return undefined
  const line = LINES[key].exec(source.text.slice(start, end))
  if (line === null) return undefined
  return { span: at(line.index, line.index + line[0].length), message: UNSURE }
}

/**
 * Whether user-data switches vendor-data off, as cloud-init judges it: `enabled` is anything but true, the key is null or a number, or
 * the types of our parts are disabled. Of several documents the last that says something counts.
 */
export function vendorSwitch({ documents }: UserData, key: VendorKey): readonly Diagnostic[] {
  const all = documents.flatMap(unarchived)
  const last = all.map(document => switchIn(key, document)).findLast(found => found !== undefined)
  return last === undefined || last === null ? [] : [diagnostic('W401', last.message, { span: last.span, hint: HINT })]
}
