import type { Annotations } from '../annotate/annotation.ts'
import type { Decision } from '../annotate/decision.ts'
import { sameBytes } from '../decode/bytes.ts'
import { decode } from '../decode/decode.ts'
import type { UserData } from '../decode/user-data.ts'
import type { Measurement } from '../fit/fit.ts'
import { type MeshPlan, OLDEST_GUEST, type SidecarPlan } from '../plan/mesh-plan.ts'
import { shownNodes } from '../plan/node.ts'
import { shownUnit } from '../plan/unit.ts'
import type { Fetches, Profile } from '../render/injection.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import { VERSION } from '../version.ts'
import { type Contents, contentsOf } from './contents.ts'
import { hunksOf } from './diff.ts'
import { annotationEffects, type Ground } from './effects.ts'
import { fileChange, filesOf, pairsOf } from './files.ts'
import { masked, maskedData, maskedWords } from './mask/mask.ts'
import type { Change, Preview, Sidecar, Subject } from './model.ts'
import { shownRegistration } from './registration.ts'
import { sizeOf } from './size.ts'
import { groundOf } from './traffic/facts.ts'
import { trafficOf } from './traffic/traffic.ts'
import { groupsOf } from './words/groups.ts'

export { maskedSources } from './mask/mask.ts'

/** User-data with the name it goes by. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A document with what an injection made of it, and what is needed to say why. */
export interface PreviewInput extends Ground {
  readonly input: NamedBytes
  /** The input as it was judged. */
  readonly userData: UserData
  readonly output: Uint8Array
  readonly decision: Decision
  /** All annotations that were given, those included that do not count. */
  readonly given: Annotations
  /** Both undefined when nothing was injected. */
  readonly plan: MeshPlan | undefined
  readonly profile: Profile | undefined
  readonly fetches: Fetches | undefined
  /** How the output fits its platform. */
  readonly fitted: Measurement | undefined
}

interface Side {
  readonly contents: Contents
  readonly subject: Subject
}

/** MiB of text that are shown at most, twice what any platform limits user-data to: all of it is searched for secrets. */
const MOST = 1

/** The complaint about user-data of which too much would have to be shown; by its text, since a little gzip holds much. */
function tooLarge({ name, source }: UserData): readonly Diagnostic[] {
  if (source.text.length <= MOST * 1024 * 1024) return []
  const hint = 'no platform with a limit takes so much; `check` and `inject` read it'
  return [diagnostic('E107', `${name} is larger than the ${MOST} MiB that preview shows`, { hint })]
}

function read(userData: UserData, bytes: Uint8Array, fitted?: Measurement): Side {
  const { name } = userData
  const contents = contentsOf(userData)
  const { injection, wrappings } = contents
  const by = injection === undefined ? {} : { injectedBy: injection.version, layout: injection.layout }
  return {
    contents,
    subject: { name, injected: injection !== undefined, ...by, wrappings, size: sizeOf(bytes, fitted) },
  }
}

/** `web.yaml (injected; multipart, gzip)` */
function labelOf({ name, injected, injectedBy, layout, wrappings }: Subject, earlier: boolean): string {
  const state = injected ? `injected${earlier ? ` by ${injectedBy}` : ''}; ` : ''
  const words = state + [...(layout === undefined ? [] : [layout]), ...wrappings].join(', ')
  return words === '' ? name : `${name} (${words})`
}

/** What stands in place of a diff of user-data that reads the same. */
const UNSEEN = 'the bytes differ, what is in them does not: they are packed otherwise'

function userDataChange(before: Side, after: Side, changed: boolean): readonly Change[] {
  if (!changed) return []
  const hunks = hunksOf(before.contents, after.contents)
  const labels = { before: labelOf(before.subject, true), after: labelOf(after.subject, false) }
  return [{ ...labels, ...(hunks.length === 0 && { note: UNSEEN }), hunks }]
}

/** The complaint about a file to compare with that no injection wrote. */
function notAnOutput({ name, source }: UserData): Diagnostic {
  const line = source.text.search(/\r?\n|$/)
  return diagnostic('E103', `${name} is not user-data that this tool has injected`, {
    span: spanOf(source, 0, Math.max(1, line)),
    hint: 'give what `consul-vm-inject` wrote earlier, or leave --against out to compare with the document itself',
  })
}

/** What travels as the plan, and what of it the agent is to know. */
function planned(plan: MeshPlan): Pick<Preview, 'guest' | 'plan' | 'registration'> {
  return {
    guest: OLDEST_GUEST,
    plan: groundOf(plan).plan,
    registration: maskedData(shownRegistration(plan.serviceConfig.plan)),
  }
}

function shownSidecar({ service, unit, redirect = [], environment = [], watch = [], acl = [] }: SidecarPlan): Sidecar {
  const { envoy, others } = shownUnit(unit)
  const [shownRedirect, shownEnvoy, shownOthers, shownWatch, shownAcl] = [
    shownNodes(redirect),
    envoy,
    others,
    shownNodes(watch),
    shownNodes(acl),
  ].map(maskedWords) as [string[], string[], string[], string[], string[]]
  return {
    service,
    redirect: shownRedirect,
    envoy: shownEnvoy,
    unit: shownOthers,
    ...(watch.length > 0 && { watch: shownWatch }),
    ...(acl.length > 0 && { acl: shownAcl }),
    environment: environment.map(masked),
  }
}

/**
 * What an injection would change: against the document itself, or against an earlier output of the tool. Pure; every text in it is
 * masked.
 */
export function previewOf(
  injected: PreviewInput,
  against: NamedBytes | undefined,
): { readonly preview: Preview | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { input, output, decision, plan, profile, fetches, given, fitted } = injected
  const { name, bytes } = against ?? input
  const earlier = against === undefined ? injected.userData : decode(bytes, name).userData
  const large = [...new Set([injected.userData, earlier])].flatMap(tooLarge)
  if (large.length > 0) return { preview: undefined, diagnostics: large }
  const before = read(earlier, bytes)
  if (against !== undefined && !before.subject.injected) {
    return { preview: undefined, diagnostics: [notAnOutput(earlier)] }
  }
  const after = read(decode(output, input.name).userData, output, fitted)
  const changed = !sameBytes(output, bytes)
  const pairs = pairsOf(before.contents, after.contents)
  const changes = [
    ...userDataChange(before, after, changed),
    ...pairs.flatMap(({ was, is }) => fileChange(was, is) ?? []),
  ]
  const annotations = plan === undefined ? [] : annotationEffects(given, injected)
  const preview: Preview = {
    version: VERSION,
    changed,
    before: before.subject,
    after: after.subject,
    reason: decision.reason,
    ...(profile !== undefined && { profile }),
    annotations,
    groups: plan === undefined ? [] : groupsOf(plan, annotations),
    files: filesOf(pairs),
    ...(fetches !== undefined && { fetches: { ...fetches, url: masked(fetches.url) } }),
    ...(plan !== undefined && planned(plan)),
    ...(plan !== undefined && { traffic: trafficOf(plan) }),
    sidecars: (plan?.serviceConfig.plan.sidecars ?? []).map(shownSidecar),
    changes,
  }
  return { preview, diagnostics: [] }
}
