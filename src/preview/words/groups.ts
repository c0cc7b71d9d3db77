import { type MeshPlan, servicesIn } from '../../plan/mesh-plan.ts'
import { keyOf } from '../../plan/reader.ts'
import { factsOf } from '../effects.ts'
import { masked } from '../mask/mask.ts'
import type { AnnotationEffect, Group, Said } from '../model.ts'
import { groundOf, meshedOf } from '../traffic/facts.ts'
import { type Draft, draft, says } from './draft.ts'
import { envoyDrafts, envoyWords } from './envoy.ts'
import { registrationDrafts } from './registration.ts'
import { trafficDrafts } from './traffic.ts'

type Title = Group['title']

/** What the facts of each group begin with, but for those that words of another group say. */
const LABELS: readonly (readonly [title: Title, label: RegExp])[] = [
  ['Registration', /^registration\b/],
  ['Traffic', /^(?:redirect-traffic|names of the mesh)\b/],
  ['Envoy', /^(?:envoy|unit|watch unit|acl unit)\b/],
  ['Application', /^environment\b/],
  ['Agent', /^agent\b/],
]

const titleOf = (fact: string): Title => LABELS.find(([, label]) => label.test(fact))?.[0] ?? 'Traffic'

/** `service.weights.passing = 5` and the like; a text without its quotes, a list without its brackets. */
function fieldWords(fact: string): string {
  const [, path = fact, json] = /^(?:service\.)?(.*?) = (.*)$/s.exec(fact) ?? []
  if (json === undefined) return fact
  return `${path} is ${/^\[[^{}]*\]$|^"[^"\\]*"$/.test(json) ? json.replace(/^\[|\]$|"/g, '').replaceAll(',', ', ') : json}`
}

/** What is not there because of an annotation. */
const MISSING: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^registration.* service\.checks\[/, 'the agent does not check it'],
  [/^redirect-traffic.* -proxy-id=/, 'no rule leads to Envoy'],
]

function missingWords(fact: string): string {
  const known = MISSING.find(([pattern]) => pattern.test(fact))?.[1]
  const [, port] = /-exclude-[a-z-]+=(.*)$/.exec(fact) ?? []
  if (known !== undefined) return known
  return port === undefined ? fact.replace(/^.*? without /, 'without ') : `not left alone: ${port}`
}

/** A fact that nothing said yet, in words of its own. */
function leftOver(fact: string): Draft {
  const own = fact.replace(/^(?:registration|redirect-traffic|environment|agent)(?: \([^)]*\))? /, '')
  if (/^[a-z -]+?(?: \([^)]*\))? without /.test(fact)) return draft(missingWords(fact), fact)
  if (/^(?:envoy|unit)\b/.test(fact)) return draft(envoyWords(fact) ?? own, fact)
  return draft(/^(?:registration|agent)\b/.test(fact) ? fieldWords(own) : own, fact)
}

const SWITCH = keyOf('transparent-proxy')

/** Lines that are heads of a unit's sections say nothing. */
const isSilent = (fact: string): boolean => / \[[A-Z][a-z]+\]$/.test(fact)

/** All that a plan brings about, in words, each line with the annotations because of which it is so. */
export function groupsOf(plan: MeshPlan, annotations: readonly AnnotationEffect[]): readonly Group[] {
  const ground = groundOf(plan)
  const all = meshedOf(ground)
  const of = all.map(({ service }) => (all.length > 1 ? ` (${service.name})` : ''))
  const facts = factsOf(plan).flatMap(([label, list]) => list.map(fact => masked(`${label} ${fact}`)))
  const effects = annotations.flatMap(annotation => annotation.effects)
  const known: Readonly<Record<Title, readonly Draft[]>> = {
    Registration: servicesIn(ground.plan.registration).flatMap((service, index) =>
      registrationDrafts(service, `registration${of[index] ?? ''}`),
    ),
    Traffic: trafficDrafts(ground, of),
    Envoy: all.flatMap((meshed, index) => envoyDrafts(meshed, of[index] ?? '')),
    Application: [],
    Agent: [],
  }
  const drafts = Object.values(known).flat()
  const more = [...new Set([...facts, ...effects])].filter(
    fact => fact !== 'the VM joins the mesh' && !isSilent(fact) && !drafts.some(one => says(one, fact)),
  )
  const saidOf = (one: Draft): Said => {
    const because = annotations.filter(it => it.effects.some(effect => says(one, effect))).map(({ key }) => key)
    const narrower = because.filter(key => key !== SWITCH)
    // All that is left alone is so because something is redirected at all: that need not be said of each.
    return { words: one.words, because: narrower.length > 0 && /^left alone/.test(one.words) ? narrower : because }
  }
  return LABELS.flatMap(([title]) => {
    const own = [...known[title], ...more.filter(fact => titleOf(fact) === title).map(leftOver)]
    const lines = own.map(saidOf)
    return lines.length === 0 ? [] : [{ title, lines }]
  })
}
