import { ipAddress, ipHint } from './ip-address.ts'
import { type Item, part, whole, within } from './list.ts'
import { port } from './number.ts'
import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed, refuse } from './parsed.ts'
import { absolutePath } from './paths.ts'
import { quote } from './quote.ts'

const HOST = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/
const LONGEST_HOST = 253

const hostIssues = (host: string): readonly Issue[] => {
  if (host === '') return [complaint('the host is missing', 'write a host name or an IP address before the port')]
  const address = /^\[.*\]$/.test(host) ? host.slice(1, -1) : undefined
  const numeric = /^[0-9.]+$/.test(host)
  if (address !== undefined && ipAddress(address)?.family !== 6) {
    return [complaint(`${quote(host)} is not an IPv6 address in brackets`, ipHint(address))]
  }
  if (address === undefined && host.includes(':')) {
    return [complaint(`${quote(host)} is not a host`, 'write an IPv6 address in brackets: "[::1]:8080"')]
  }
  if (numeric && ipAddress(host) === undefined) return [complaint(`${quote(host)} is not an IP address`, ipHint(host))]
  if (address !== undefined || (HOST.test(host) && host.length <= LONGEST_HOST)) return []
  return [complaint(`${quote(host)} is neither a host name nor an IP address`)]
}

/** Complaints about `host:port`; `portless` says whether the port may be missing. */
const authorityIssues = (item: Item, portless: boolean): readonly Issue[] => {
  const { text } = item
  const colon = text.endsWith(']') ? -1 : text.lastIndexOf(':')
  const host = colon < 0 ? item : part(item, 0, colon)
  const issues = hostIssues(host.text).map(issue => within(issue, host))
  if (colon < 0) {
    if (portless) return issues
    return [
      ...issues,
      within(complaint(`${quote(text)} has no port`, `write "${text}:PORT" with the port's number`), item),
    ]
  }
  const number = part(item, colon + 1)
  const parsed = port(number.text)
  return parsed.ok ? issues : [...issues, ...parsed.issues.map(issue => within(issue, number))]
}

const unless = (issues: readonly Issue[], value: string): Parsed<string> =>
  issues.length > 0 ? { ok: false, issues } : meaning(value)

const schemeIssue = (value: string): readonly Issue[] => {
  const at = value.indexOf('://')
  return at < 0 ? [] : [complaint(`${quote(value)} has a scheme`, `write "${value.slice(at + 3)}"`, 0, at + 3)]
}

/** An IPv4 or IPv6 address, as written. */
export const ip: (value: string) => Parsed<string> = onOneLine(value =>
  ipAddress(value) === undefined
    ? refuse(complaint(`${quote(value)} is not an IP address`, ipHint(value)))
    : meaning(value),
)

/** `host:port`, as written; the host a name, an IPv4 address or an IPv6 address in brackets. */
export const hostPort: (value: string) => Parsed<string> = onOneLine(value => {
  const scheme = schemeIssue(value)
  return unless(scheme.length > 0 ? scheme : authorityIssues(whole(value), false), value)
})

/** A host with or without a port, as written. */
export const hostOrHostPort = (value: string): Parsed<string> => {
  const scheme = schemeIssue(value)
  return unless(scheme.length > 0 ? scheme : authorityIssues(whole(value), true), value)
}

/** A gRPC health target, `host:port` or `host:port/service`, as written. */
export const grpcTarget: (value: string) => Parsed<string> = onOneLine(value => {
  const scheme = schemeIssue(value)
  if (scheme.length > 0) return { ok: false, issues: scheme }
  const slash = value.indexOf('/')
  if (slash < 0) return unless(authorityIssues(whole(value), false), value)
  const service = value.slice(slash + 1)
  const wrong = complaint(
    `${quote(service)} is not the name of a gRPC service`,
    'write it as "package.Service"',
    slash + 1,
    value.length,
  )
  const named = /^[A-Za-z0-9_.-]+$/.test(service)
  return unless([...authorityIssues(part(whole(value), 0, slash), false), ...(named ? [] : [wrong])], value)
})

/** An http or https URL, as written. Without user and password: user-data can be read by any process of the VM. */
export const url: (value: string) => Parsed<string> = onOneLine(value => {
  const [, scheme, authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/.exec(value) ?? []
  if (scheme === undefined) {
    return refuse(
      complaint(`${quote(value)} is not an http or https URL`, 'write a URL such as "http://127.0.0.1:8080/health"'),
    )
  }
  const issues: Issue[] = []
  const at = authority.lastIndexOf('@')
  if (at >= 0) {
    const hint = 'leave user and password out: every process of the VM can read user-data'
    issues.push(complaint('the URL holds a user or a password', hint, scheme.length, scheme.length + at + 1))
  }
  issues.push(...authorityIssues(part(whole(value), scheme.length + at + 1, scheme.length + authority.length), true))
  const odd = rest.search(/[^!-~]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/)
  if (odd >= 0) {
    const from = value.length - rest.length + odd
    const character = quote(String.fromCodePoint(rest.codePointAt(odd) ?? 0))
    issues.push(
      complaint(`the URL holds ${character}, which it cannot as it stands`, 'write it percent-encoded', from, from + 1),
    )
  }
  return unless(issues, value)
})

const SCHEMES = ['https://', 'http://']

/** Where an agent listens, as written: `host:port`, the same after `http://` or `https://`, or `unix://` and an absolute path. */
export const address: (value: string) => Parsed<string> = onOneLine(value => {
  const unix = 'unix://'
  if (value.startsWith(unix)) {
    const path = part(whole(value), unix.length)
    const parsed = absolutePath(path.text)
    return parsed.ok
      ? meaning(value)
      : unless(
          parsed.issues.map(issue => within(issue, path)),
          value,
        )
  }
  const scheme = SCHEMES.find(prefix => value.startsWith(prefix)) ?? ''
  if (scheme === '' && value.includes('://')) {
    return refuse(
      complaint(
        `${quote(value)} has an unknown scheme`,
        'the schemes are https://, http:// and unix://',
        0,
        value.indexOf('://') + 3,
      ),
    )
  }
  return unless(authorityIssues(part(whole(value), scheme.length), false), value)
})
