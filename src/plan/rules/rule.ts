import type { Annotation, Annotations } from '../../annotate/annotation.ts'
import type { Code } from '../../report/diagnostics.ts'
import type { Pins } from '../packages.ts'
import type { Reader } from '../reader.ts'
import type { NamedService } from '../registration.ts'

/** What a rule looks at. `given` still holds the annotations that mean nothing on a VM. */
export interface Case {
  readonly reader: Reader
  readonly given: Annotations
  readonly services: readonly NamedService[]
  /** Whether the values file says that the agents want tokens. */
  readonly acls: boolean
  /** The versions that the values file pins. */
  readonly pins: Pins
}

/** What does not go together. */
export interface Conflict {
  readonly message: string
  readonly hint?: string
  /** The annotation at fault. */
  readonly at?: Annotation | undefined
}

/** One rule that ties annotations together. A rule is a row: the code of its conflicts, and what finds them. */
export interface Rule {
  readonly code: Code
  /** Undefined when all is well. */
  find(it: Case): Conflict | readonly Conflict[] | undefined
}
