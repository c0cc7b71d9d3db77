import { ipAddress, ipHint } from './ip-address.ts'
import { itemwise, listItems } from './list.ts'
import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** An address or a block of addresses. Host bits may be set, as Go's net.ParseCIDR allows; `text` is as written. */
export interface Cidr {
  readonly text: string
  readonly family: 4 | 6
  readonly address: string
  /** Length of the prefix; absent for a single address. */
  readonly prefix?: number
}

const cidr = (text: string): Parsed<Cidr> => {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const ip = ipAddress(address)
  if (ip === undefined) {
    return refuse(complaint(`${quote(address)} is not an IP address`, ipHint(address), 0, address.length))
  }
  const { family } = ip
  if (slash < 0) return meaning({ text, family, address })

  const length = text.slice(slash + 1)
  const most = family === 4 ? 32 : 128
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > most) {
    const mask = length.includes('.') ? 'write the mask as a prefix length: 255.255.255.0 is /24' : undefined
    const hint = mask ?? `write a prefix length from 0 to ${most}`
    return refuse(complaint(`invalid CIDR prefix length in ${quote(text)}`, hint, slash + 1, text.length))
  }
  const prefix = Number(length)
  const all = complaint(
    `${quote(text)} excludes every destination from the mesh`,
    'for no redirection at all turn transparent-proxy off',
  )
  return meaning({ text, family, address, prefix }, prefix === 0 ? [all] : [])
}

/** A comma list of IP addresses and CIDR blocks, of both families, in order, repeats kept. */
export const cidrs: (value: string) => Parsed<readonly Cidr[]> = onOneLine(value => itemwise(listItems(value), cidr))
