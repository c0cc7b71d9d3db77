import type { Annotation, Annotations } from '../annotate/annotation.ts'
import { nameOf } from '../annotate/annotation.ts'
import { goBool } from '../annotate/grammar/boolean.ts'
import { rowOf } from '../annotate/table.ts'
import type { Values } from '../annotate/values.ts'
import { shownDns } from '../plan/dns.ts'
import { type MeshPlan, servicesIn } from '../plan/mesh-plan.ts'
import { shownNode, shownNodes } from '../plan/node.ts'
import { plan } from '../plan/plan.ts'
import { keyOf } from '../plan/reader.ts'
import { AUTOMATIC } from '../plan/redirect.ts'
import { statedDefaults } from '../plan/stated.ts'
import { shownUnit } from '../plan/unit.ts'
import { lineOf } from '../report/source.ts'
import { masked, maskedData } from './mask/mask.ts'
import type { AnnotationEffect } from './model.ts'
import { shownService } from './registration.ts'

/** What the plan is made of, besides the annotations in question. */
export interface Ground {
  readonly annotations: Annotations
  readonly values: Values
  readonly platform: string | undefined
}

/** Fields of a registration, one text each: `service.port = 8080`. Lists are one field, lists of objects one an object. */
function fieldsOf(value: unknown, path: string): readonly string[] {
  const objects = Array.isArray(value) && value.every(item => typeof item === 'object')
  if (objects) return value.map((item, index) => `${path}[${index}] = ${JSON.stringify(item)}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} = ${JSON.stringify(value)}`]
  return Object.entries(value).flatMap(([key, field]) => fieldsOf(field, `${path}.${key}`))
}

/** Words of a command, an option with its value. */
function optionsIn(words: readonly string[]): readonly string[] {
  const options: string[] = []
  for (const word of words) {
    const last = options.at(-1) ?? ''
    const isValue = /^-[^=]+$/.test(last) && last !== '--' && !word.startsWith('-')
    if (isValue) options[options.length - 1] = `${last} ${word}`
    else options.push(word)
  }
  return options
}

/** Settings of the agent; in place of a secret the file that it is read from. */
const shownSettings = (settings: object = {}): object =>
  JSON.parse(JSON.stringify(settings), (_, value: { readonly hole?: unknown; readonly path?: string } | null) =>
    value?.hole === 'secret' ? `{content of ${value.path}}` : value,
  ) as object

/** A part of a plan: what it is called, and what stands in it. */
type Part = readonly [label: string, facts: readonly string[]]

/** All that a plan says, in small pieces, so that two plans can be compared. */
export function factsOf({ serviceConfig, agent }: MeshPlan): readonly Part[] {
  const { registration, dns = [], sidecars, agent: own, agent_is: where = {} } = serviceConfig.plan
  const services = servicesIn(registration)
  const several = sidecars.length > 1
  const of = (service: string): string => (several ? ` (${service})` : '')
  return [
    ...sidecars.flatMap(({ service, unit, redirect = [], environment = [], watch = [], acl = [] }, index) => {
      const definition = services[index]
      const { envoy, others } = shownUnit(unit)
      return [
        [`registration${of(service)}`, definition === undefined ? [] : fieldsOf(shownService(definition), 'service')],
        [`redirect-traffic${of(service)}`, shownNodes(redirect)],
        [`envoy${of(service)}`, optionsIn(envoy).filter(word => word !== '--')],
        [`unit${of(service)}`, others],
        [`watch unit${of(service)}`, shownNodes(watch)],
        [`acl unit${of(service)}`, shownNodes(acl)],
        [`environment${of(service)}`, environment],
      ] satisfies readonly Part[]
    }),
    ['agent', fieldsOf({ ...agent, ...shownSettings(own) }, '').map(field => field.replace(/^\./, ''))],
    ['agent there', Object.entries(where).map(([name, node]) => `${name} = ${shownNode(node).join('')}`)],
    ['names of the mesh', [shownDns(dns)]],
  ]
}

const planOf = (annotations: Annotations, { values, platform }: Ground): readonly Part[] =>
  factsOf(plan(annotations, annotations, values, platform).plan)

/** Facts of one plan that the other has not. Both have the same parts. */
const beyond = (plan: readonly Part[], other: readonly Part[]): readonly Part[] =>
  plan.map(([label, facts], index) => [label, facts.filter(fact => !other[index]?.[1].includes(fact))])

/** Without this there is no plan to compare with: it has another value instead, one that is nowhere else. */
const REPLACED: Readonly<Record<string, (value: string) => string>> = {
  'connect-service': value =>
    value
      .split(',')
      .map((_, index) => `another-${index}`)
      .join(','),
}

/** The same annotations with one of them saying something else: a switch the other way, else nothing. */
function without(annotations: Annotations, { key, value }: Annotation): Annotations {
  const parsed = rowOf(key)?.syntax === 'go-bool' ? goBool(value) : undefined
  const instead = parsed?.ok === true ? String(!parsed.value) : REPLACED[nameOf(key)]?.(value)
  const changed = new Map(annotations)
  if (instead === undefined) changed.delete(key)
  else changed.set(key, { key, value: instead, origin: 'default' })
  return changed
}

const AUTOMATIC_KEYS: ReadonlySet<string> = new Set(AUTOMATIC.map(({ name }) => keyOf(name)))

/** The same without what else may be left alone by the redirection: two annotations may ask for one thing. */
function alone(annotations: Annotations, { key }: Annotation): Annotations {
  const others = [...annotations.values()].filter(
    other => other.key !== key && nameOf(other.key).startsWith('transparent-proxy-exclude-'),
  )
  return others.reduce((all, other) => {
    if (AUTOMATIC_KEYS.has(other.key)) all.set(other.key, { ...other, value: 'false' })
    else all.delete(other.key)
    return all
  }, new Map(annotations))
}

/** What a fact is about: a field, an option, a variable; of the redirection each argument is about itself. */
const topicOf = (label: string, fact: string): string =>
  label.startsWith('redirect') ? fact : (fact.split(/[ =]/)[0] ?? '')

/** What of the plan is there because of an annotation, and what is not there because of it. */
function differences(annotation: Annotation, ground: Ground): readonly string[] {
  const { annotations } = ground
  const lone = alone(annotations, annotation)
  const [now, then] = [planOf(annotations, ground), planOf(without(annotations, annotation), ground)]
  const [nowAlone, thenAlone] = [planOf(lone, ground), planOf(without(lone, annotation), ground)]
  const [more, moreAlone] = [beyond(now, then), beyond(nowAlone, thenAlone)]
  const less = REPLACED[nameOf(annotation.key)] === undefined ? beyond(then, now) : []
  return now.flatMap(([label, facts], index) => {
    const topics = facts.map(fact => topicOf(label, fact))
    const gone = (less[index]?.[1] ?? []).map(fact => topicOf(label, fact)).filter(topic => !topics.includes(topic))
    return [
      ...facts
        .filter(fact => more[index]?.[1].includes(fact) || moreAlone[index]?.[1].includes(fact))
        .map(fact => `${label} ${fact}`),
      ...gone.map(topic => `${label} without ${topic}`),
    ]
  })
}

/** What is on the VM because of one annotation: what the plan would not say if it said something else. */
function effectsOf(annotation: Annotation, ground: Ground): readonly string[] {
  const { key } = annotation
  if (nameOf(key) === 'connect-inject') return ['the VM joins the mesh']
  return differences(annotation, ground).map(masked)
}

function placeOf({ span, keySpan, origin }: Annotation): string {
  const place = span ?? keySpan
  if (origin === 'flag') return '--annotation'
  return place === undefined ? 'default' : `${place.source.name}:${lineOf(place.source, place.start)}`
}

/** The annotations of a VM with what each does on it, those included that are not given and count all the same. */
export function annotationEffects(given: Annotations, ground: Ground): readonly AnnotationEffect[] {
  const annotations = new Map(ground.annotations)
  for (const [key, value] of [...statedDefaults(), [keyOf('connect-inject'), 'true'] as const]) {
    if (!annotations.has(key)) annotations.set(key, { key, value, origin: 'default' })
  }
  const all = { ...ground, annotations }
  const idle = [...given.values()].filter(({ key }) => !annotations.has(key) && rowOf(key)?.aliasOf === undefined)
  return [...annotations.values(), ...idle].map(annotation => ({
    key: annotation.key,
    value: maskedData({ [nameOf(annotation.key)]: annotation.value })[nameOf(annotation.key)] ?? '',
    place: placeOf(annotation),
    effects: annotations.has(annotation.key) ? effectsOf(annotation, all) : [],
  }))
}
