import { type UserData, yamlOf } from '../decode/user-data.ts'
import { entryOf } from '../decode/yaml-node.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'

const REMEDY = 'use --layout multipart, which adds no keys, or give the user-data this key as a list of its own'

/** Keys of vendor-data that would have no effect any more beside keys that injection adds: a list of user-data wins whole. */
export function shadowed(keys: readonly string[], vendorData: UserData): readonly Diagnostic[] {
  return vendorData.documents.flatMap(document => {
    if (document.renders !== 'cloud-config') return []
    const place = (start: number, end: number): ReturnType<typeof spanOf> =>
      spanOf(document.source, document.start + start, document.start + Math.max(end, start + 1))
    const yaml = yamlOf(document)
    if (!yaml.ok) {
      const why = `the vendor-data cannot be read, so that its keys are unknown: ${yaml.message}`
      return [diagnostic('E206', why, { span: place(yaml.offset, yaml.offset + 1), hint: 'fix the YAML here' })]
    }
    return keys.flatMap(key => {
      const entry = entryOf(yaml.root, key)
      if (entry === undefined) return []
      const why = `the vendor-data's ${key} would be lost: injection adds ${key} to the user-data, which outranks it`
      return [diagnostic('E402', why, { span: place(entry.key.start, entry.key.end), hint: REMEDY })]
    })
  })
}

/** What is to be known of keys that the operator's document did not have. */
export const added = (keys: readonly string[]): readonly Diagnostic[] =>
  keys.length === 0
    ? []
    : [
        diagnostic(
          'N104',
          `${keys.join(' and ')} ${keys.length === 1 ? 'is' : 'are'} added: vendor-data and the image's cloud.cfg lose theirs, if any`,
          { hint: 'check the vendor-data of the platform with --vendor-data FILE, or use --layout multipart' },
        ),
      ]
