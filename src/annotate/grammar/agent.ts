import { ipAddress } from './ip-address.ts'
import { type Item, itemwise, part, trim, trimmed, whole } from './list.ts'
import { hostOrHostPort } from './network.ts'
import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** `key=value key="a value" ...`, as go-discover reads it. */
const AUTO_JOIN = /^(?:[a-z0-9_]+=(?:"(?:[ !#-[\]-~]|\\[ -~])*"|[!#-~]+)(?: +|$))+$/
const SECRET = /(?:^| )([a-z0-9_]*(?:secret|password|token|api_key)[a-z0-9_]*)=/

const autoJoinIssues = (text: string): readonly Issue[] => {
  if (!AUTO_JOIN.test(text)) {
    const hint = 'write provider=NAME and pairs key=value after it, a value with spaces in double quotes'
    return [complaint(`${quote(text)} is not a cloud auto-join string`, hint)]
  }
  const secret = SECRET.exec(text)?.[1]
  if (secret === undefined) return []
  const hint =
    'give the VM a role that may look up the servers, or bring retry_join in a file below /etc/consul.d, by other means'
  return [complaint(`${secret} is a secret, and any process on the VM can read user-data`, hint)]
}

/** Whether a program or a shell would have to say what a text stands for. */
export const runsProgram = (text: string): boolean => /^ *exec=|`|\$[({]/.test(text)

const server = (text: string): Parsed<string> => {
  if (runsProgram(text)) {
    const hint =
      'a VM evaluates nothing: write the addresses of the servers, or a cloud auto-join string such as "provider=aws tag_key=consul tag_value=server"'
    return refuse(complaint(`${quote(text)} would run a program to find the servers`, hint))
  }
  if (ipAddress(text) !== undefined) return meaning(text)
  if (!text.includes('provider=')) return hostOrHostPort(text)
  const issues = autoJoinIssues(text)
  return issues.length > 0 ? { ok: false, issues } : meaning(text)
}

/** The items of a list in which `\,` is a comma, where they stand. */
function escapedItems(value: string): readonly Item[] {
  const commas = [...value.matchAll(/(?<!\\),/g)].map(({ index }) => index)
  const starts = [0, ...commas.map(at => at + 1)]
  return starts
    .map((start, index) => trimmed(part(whole(value), start, commas[index] ?? value.length)))
    .filter(({ text }) => text !== '')
}

/** Servers to join, each as the agent's `retry_join` takes it; nothing where the image says it. */
export const joinAddresses: (value: string) => Parsed<readonly string[]> = onOneLine(value => {
  if (trim(value) === '-') return meaning([])
  const items = escapedItems(value)
  if (items.length === 0) return refuse(complaint('the value names no server'))
  return itemwise(items, text => server(text.replaceAll('\\,', ',')))
})

/** The name of a datacenter, as written; the agent takes it in lower case. */
export const datacenterName: (value: string) => Parsed<string> = onOneLine(value =>
  /^[A-Za-z0-9_-]{1,63}$/.test(value)
    ? meaning(value)
    : refuse(
        complaint(`${quote(value)} is not the name of a datacenter`, 'use letters, digits, dashes and underscores'),
      ),
)

/** The name of a DNS domain, as written. */
export const domainName: (value: string) => Parsed<string> = onOneLine(value =>
  value.length <= 253 &&
  /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/.test(
    value,
  )
    ? meaning(value)
    : refuse(complaint(`${quote(value)} is not the name of a domain`, 'write it as "consul" or "mesh.example.com"')),
)

/** What the agent's `bind_addr` is to be: an address or a template as written; of an interface the template that gives its address. */
export const bindAddress: (value: string) => Parsed<string> = onOneLine(value => {
  if (ipAddress(value) !== undefined || /^\{\{[ -~]+\}\}$/.test(value)) return meaning(value)
  if (/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/.test(value)) return meaning(`{{ GetInterfaceIP "${value}" }}`)
  const hint = 'write an address, the name of an interface such as "eth1", or a go-sockaddr template'
  return refuse(complaint(`${quote(value)} is no address to bind`, hint))
})
