/** An IP address: its family, and one spelling for all spellings of it (for comparing). */
export interface IpAddress {
  readonly family: 4 | 6
  readonly canonical: string
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const V4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`)
/** What may be an IPv6 address: the reader of URLs knows. */
const V6 = /^[\da-f]*:[\da-f:.]*$/i

/** Reads an IPv4 or IPv6 address as Go's net.ParseIP does, but refuses IPv4 inside IPv6 (`::ffff:1.2.3.4`) and zones (`fe80::1%eth0`). */
export const ipAddress = (text: string): IpAddress | undefined => {
  if (V4.test(text)) return { family: 4, canonical: text }
  const url = `http://[${text}]/`
  if (!V6.test(text) || !URL.canParse(url)) return undefined
  const canonical = new URL(url).hostname.slice(1, -1)
  return /^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(canonical) ? undefined : { family: 6, canonical }
}

const SHAPES: readonly (readonly [shape: RegExp, hint: string])[] = [
  [/^\s|\s$/, 'remove the spaces'],
  [/^\[.*\]$/, 'write the address without brackets'],
  [/^[0-9a-f:.]+%/i, 'write the address without its zone'],
  [/^::ffff:[0-9.]+$/i, 'write the IPv4 address alone'],
  [/^[0-9.]+$/, 'an IPv4 address is four decimal numbers up to 255, without leading zeros'],
  [/^[a-z0-9.-]*[a-z][a-z0-9.-]*$/i, 'host names are not looked up: write the address'],
]

/** No address is as long, and no host name. */
const LONGEST = 253

/** What to write instead of something that is no IP address. */
export const ipHint = (text: string): string =>
  (text.length > LONGEST ? undefined : SHAPES.find(([shape]) => shape.test(text)))?.[1] ??
  'write an IPv4 or IPv6 address'
