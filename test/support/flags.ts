import { type Annotation, type Annotations, isOurKey } from '../../src/annotate/annotation.ts'
import { readValues, type Values } from '../../src/annotate/values.ts'
import { type Planning, plan } from '../../src/plan/plan.ts'

/** Annotations as on a command line, that nobody has judged: `key=value`, the later of two counts. */
export const flagged = (flags: readonly string[]): Annotations =>
  new Map(
    flags.map(flag => {
      const [name = '', ...value] = flag.split('=')
      const key = isOurKey(name) ? name : `consul.hashicorp.com/${name}`
      return [key, { key, value: value.join('='), origin: 'flag' } satisfies Annotation]
    }),
  )

/** Consul Enterprise takes every example of an annotation. */
export const ENTERPRISE: Values = {
  ...readValues(undefined),
  settings: { enterprise: true, namespaces: false, partitions: false },
}

/** The plan of annotations that need not go together. */
export const unjudged = (annotations: Annotations): Planning['plan'] => plan(annotations, annotations, ENTERPRISE).plan
