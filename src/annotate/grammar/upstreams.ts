import { ipAddress } from './ip-address.ts'
import { cut, trim, whole } from './list.ts'
import { controlCharacters } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed } from './parsed.ts'
import { quote } from './quote.ts'
import type { GrammarSettings } from './settings.ts'
import { type LocatedUpstream, readUpstream, type Upstream } from './upstream.ts'
import { environmentName } from './upstream-environment.ts'

/** What the agent takes for the target of an upstream. */
const target = (upstream: Upstream): string =>
  JSON.stringify([
    upstream.destination_type,
    upstream.destination_partition ?? '',
    upstream.destination_namespace ?? '',
    upstream.destination_peer ?? '',
    upstream.datacenter ?? '',
    upstream.destination_name,
  ])

const targetPort = (upstream: Upstream): string => `${target(upstream)} ${upstream.destination_port ?? ''}`

/** Where the upstream listens: the same address in two spellings is one. */
const listener = ({ local_bind_address: address = '127.0.0.1', local_bind_port: port }: Upstream): string => {
  const canonical = ipAddress(address)?.canonical ?? address
  return canonical.includes(':') ? `[${canonical}]:${port}` : `${canonical}:${port}`
}

const variable = ({ destination_type: type, destination_name: name }: Upstream): string | undefined =>
  type === 'service' ? environmentName(name) : undefined

type Words = (later: LocatedUpstream, earlier: LocatedUpstream) => readonly [message: string, hint: string]

/** A complaint for each upstream whose `key` an earlier one has. */
const clashes = (
  all: readonly LocatedUpstream[],
  key: (upstream: Upstream) => string | undefined,
  words: Words,
): readonly Issue[] => {
  const seen = new Map<string, LocatedUpstream>()
  return all.flatMap(located => {
    const own = key(located.upstream)
    if (own === undefined) return []
    const earlier = seen.get(own)
    if (earlier !== undefined) return [complaint(...words(located, earlier), located.start, located.end)]
    seen.set(own, located)
    return []
  })
}

const sameTarget: Words = (later, earlier) => [
  `upstreams cannot contain duplicates: ${quote(later.text)} has the same target as ${quote(earlier.text)}`,
  'keep one of the two: the agent refuses a target that is listed twice, even on different ports',
]

const sameListener: Words = ({ upstream, text }, earlier) => [
  `upstreams cannot contain duplicates by local bind address and port: ${quote(text)} and ${quote(earlier.text)} are both at ${listener(upstream)}`,
  'give each its own port',
]

const sameTargetOtherPort: Words = (later, earlier) => [
  `${quote(later.text)} has the same target as ${quote(earlier.text)}, apart from the destination port`,
  'an agent that does not tell them apart refuses to start',
]

const sameVariable: Words = ({ upstream, text }, earlier) => [
  `${quote(earlier.text)} and ${quote(text)} both set ${environmentName(upstream.destination_name)}_CONNECT_SERVICE_PORT`,
  'in the environment file the later one counts',
]

/**
 * The list of upstreams, in the grammar of consul-k8s 2.0.0 and in its words where it complains; stricter wherever a VM's agent would
 * refuse the definition, and with it refuse to start. A blank value is no upstream at all; spaces, tabs and line breaks may surround items.
 */
export const upstreams = (value: string, settings: GrammarSettings): Parsed<readonly Upstream[]> => {
  const controls = controlCharacters(value, '\t\n\r')
  if (controls.length > 0) return { ok: false, issues: controls }
  if (trim(value) === '') return meaning([])
  const read = cut(whole(value), ',').map(item => readUpstream(item, settings))
  const located = read.flatMap(one => (one.located === undefined ? [] : [one.located]))
  const issues = [
    ...read.flatMap(one => one.issues),
    ...clashes(located, targetPort, sameTarget),
    ...clashes(located, listener, sameListener),
  ]
  if (issues.length > 0) return { ok: false, issues }
  return meaning(
    located.map(({ upstream }) => upstream),
    [
      ...read.flatMap(one => one.warnings),
      ...clashes(located, target, sameTargetOtherPort).map(issue => ({ ...issue, code: 'W322' as const })),
      ...clashes(located, variable, sameVariable).map(issue => ({ ...issue, code: 'W323' as const })),
    ],
  )
}
