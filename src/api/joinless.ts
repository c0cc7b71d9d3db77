import { type Document, type UserData, yamlOf } from '../decode/user-data.ts'
import { entryOf, followed, type YamlNode } from '../decode/yaml.ts'
import { keyOf } from '../plan/reader.ts'
import type { Profile } from '../render/injection.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import type { Judgement } from './judge.ts'

const OUR_LINE = /^.*\bconsul\.hashicorp\.com\/.*$/gm
const SAYS_IT = /\b(?:retry|start)[_-]join\b|\bauto_config\b|\bbootstrap(?:_expect)?\b/
/** What holds more than can be seen here. */
const OPAQUE = /^(?:include|part-handler)/

const textOf = (node: YamlNode | undefined, key: string): string | undefined => {
  const value = followed(entryOf(node, key)?.value)
  return value?.kind === 'scalar' ? value.text : undefined
}

/** Whether a document writes a file of the agent's whose content cannot be read here. */
function writesUnread(document: Document): boolean {
  if (document.renders !== 'cloud-config') return false
  const yaml = yamlOf(document)
  const files = yaml.ok ? followed(entryOf(yaml.root, 'write_files')?.value) : undefined
  if (files?.kind !== 'sequence') return false
  return files.items.some(item => {
    const file = followed(item)
    if (!/^\/etc\/consul\.d\/[^/]+\.(?:hcl|json)$/.test(textOf(file, 'path') ?? '')) return false
    return textOf(file, 'content') === undefined || !/^(?:text\/plain)?$/.test(textOf(file, 'encoding') ?? '')
  })
}

/** Whether something in the user-data could tell the agent whom to join. */
const couldSay = ({ documents }: UserData): boolean =>
  documents.some(document => {
    const text = document.source.text.slice(document.start, document.end).replace(OUR_LINE, '')
    return OPAQUE.test(document.format) || SAYS_IT.test(text) || writesUnread(document)
  })

/** What is to be said of an agent that would be installed, and would have nobody to join. */
export function joinless({ annotations, userData }: Judgement, profile: Profile): readonly Diagnostic[] {
  const join = keyOf('alpha:retry-join')
  if (profile !== 'full' || annotations.has(join) || couldSay(userData)) return []
  const hint = `add # ${join}: "10.0.0.10" with a server's address, or client.join to the values file, or "-" where the image says it`
  return [diagnostic('W304', 'the agent that the VM installs has no server to join', { hint })]
}
