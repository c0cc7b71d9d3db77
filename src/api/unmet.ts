import { type Document, type UserData, yamlOf } from '../decode/user-data.ts'
import { entryOf, followed, type YamlNode } from '../decode/yaml-node.ts'
import { keyOf } from '../plan/reader.ts'
import type { Profile } from '../render/injection.ts'
import { type Code, type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import type { Judgement } from './judge.ts'

const OUR_LINE = /^.*\bconsul\.hashicorp\.com\/.*$/gm
const OURS = /text\/(?:cloud-boothook|x-shellscript)\b/
/** What holds more than can be seen here. */
const OPAQUE = /^(?:include|part-handler)/

/** What an agent that the VM installs cannot do without: who wants it, the annotation that gives it, and how a file of the agent's may. */
interface Need {
  readonly code: Code
  readonly wanted: (judgement: Judgement) => boolean
  readonly key: string
  readonly says: RegExp
  readonly message: string
  readonly hint: (judgement: Judgement) => string
}

const path = (key: string, what: string): string =>
  `put ${what} on the VM by other means than user-data, and add # ${keyOf(key)}: "/etc/consul.d/…" with its path`

function whom({ values: { helm } }: Judgement): string {
  const hosts = helm.externalServers?.enabled === true ? (helm.externalServers.hosts ?? []) : []
  const often =
    hosts.length > 0 ? ' (agents do not join externalServers.hosts, though these are often the same servers)' : ''
  return `add # ${keyOf('alpha:retry-join')}: "10.0.0.10" with a server's address, or client.join to the values file${often}, or "-" where the image says it`
}

const NEEDS: readonly Need[] = [
  {
    code: 'W304',
    wanted: () => true,
    key: 'alpha:retry-join',
    says: /\b(?:retry|start)[_-]join\b|\bauto_config\b|\bbootstrap(?:_expect)?\b/,
    message: 'the agent that the VM installs has no server to join',
    hint: whom,
  },
  {
    code: 'W318',
    wanted: ({ values: { helm } }) => {
      const { autoGenerate, secretName } = helm.global?.gossipEncryption ?? {}
      return autoGenerate === true || (secretName ?? '') !== ''
    },
    key: 'alpha:encrypt-file',
    says: /\bencrypt\b/,
    message:
      'gossip is encrypted by the values file, and the agent that the VM installs has no key: no agent lets it join',
    hint: () => path('alpha:encrypt-file', 'the gossip key'),
  },
  {
    code: 'W319',
    wanted: ({ values: { helm }, annotations }) =>
      helm.global?.tls?.enabled === true && !annotations.has(keyOf('alpha:auto-encrypt')),
    key: 'alpha:rpc-ca-file',
    says: /\bca_(?:file|path)\b/,
    message: 'TLS is on in the values file, and the agent that the VM installs has no CA to verify the servers with',
    hint: () => path('alpha:rpc-ca-file', 'the CA'),
  },
  {
    code: 'W320',
    wanted: ({ values: { helm } }) => helm.global?.acls?.manageSystemACLs === true,
    key: 'alpha:agent-token-file',
    says: /\btokens\b|\bacl_\w*token\b/,
    message: 'ACLs are on in the values file, and the agent that the VM installs has no token of its own',
    hint: () => path('alpha:agent-token-file', 'a token with node:write'),
  },
]

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

/** Whether something in the user-data could give it to the agent. */
const couldSay = ({ documents }: UserData, says: RegExp): boolean =>
  documents.some(document => {
    const text = document.source.text.slice(document.start, document.end).replace(OUR_LINE, '')
    return OPAQUE.test(document.format) || says.test(text) || writesUnread(document)
  })

/** Where a part-handler of the operator's takes the types by which the injection travels: cloud-init gives it our parts too. */
export function takenOver({ userData: { documents } }: Judgement): readonly Diagnostic[] {
  return documents.flatMap(({ format, source, start, end }) => {
    const found = format === 'part-handler' ? OURS.exec(source.text.slice(start, end)) : null
    if (found === null) return []
    const message = `this part-handler may take all parts of the type ${found[0]}, as which the injection travels`
    const span = spanOf(source, start + found.index, start + found.index + found[0].length)
    return [diagnostic('W404', message, { span, hint: 'have it take a type of its own' })]
  })
}

/** What is to be said of an agent that would be installed, and would lack what it takes to be a member. */
export function unmet(judgement: Judgement, profile: Profile): readonly Diagnostic[] {
  const { annotations, userData } = judgement
  if (profile !== 'full') return []
  return NEEDS.flatMap(({ code, wanted, key, says, message, hint }) =>
    annotations.has(keyOf(key)) || !wanted(judgement) || couldSay(userData, says)
      ? []
      : [diagnostic(code, message, { hint: hint(judgement) })],
  )
}
