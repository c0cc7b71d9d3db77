import type { AnnotationRow } from '../../annotations/row.ts'
import type { Annotation, Annotations } from '../annotate/annotation.ts'
import type { GrammarSettings } from '../annotate/grammar/settings.ts'
import { wholeKey } from '../annotate/table.ts'
import { readValues } from '../annotate/values.ts'
import { annotationEffects } from './effects.ts'

/** An annotation of the model as somebody would write it, and what the plan has because of it. */
export interface Example {
  readonly value: string
  readonly effects: readonly string[]
}

/** What every example stands beside. */
const SERVICE: readonly string[] = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']

/** An agent of Consul Enterprise takes every example; upstreams are written as without namespaces. */
const ENTERPRISE: GrammarSettings = { enterprise: true, namespaces: false, partitions: false }

const annotationOf = (flag: string): Annotation => {
  const [name = '', ...value] = flag.split('=')
  const key = wholeKey(name)
  return { key, value: value.join('='), origin: 'flag' }
}

/** The example of a row, a switch the other way than it stands; undefined where it can do nothing on a VM. */
export function exampleOf(row: AnnotationRow): Example | undefined {
  const { key, prefix, verdict, syntax, default: standard, example, needs, aliasOf } = row
  if (!['applies', 'maps'].includes(verdict) || aliasOf !== undefined) return undefined
  const value = syntax === 'go-bool' ? String(standard !== 'true') : example.replace(/^["']|["']$/g, '')
  const own: Annotation = { key: prefix ? `${key}team` : key, value, origin: 'flag' }
  const beside = [...SERVICE, ...(needs?.split(' ') ?? [])].map(annotationOf)
  const annotations: Annotations = new Map([...beside, own].map(annotation => [annotation.key, annotation]))
  const values = { ...readValues(undefined), settings: ENTERPRISE }
  const effects = annotationEffects(annotations, { annotations, values, platform: undefined }).find(
    ({ key: name }) => name === own.key,
  )
  return effects === undefined || effects.effects.length === 0 ? undefined : { value, effects: effects.effects }
}
