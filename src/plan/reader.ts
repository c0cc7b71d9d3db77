import type { Annotation, Annotations } from '../annotate/annotation.ts'
import { type GrammarSettings, grammars, type SyntaxName } from '../annotate/grammar/index.ts'
import { rowOf } from '../annotate/table.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

/** The whole key of a short name; names of VM-only annotations begin with `alpha:`. */
export const keyOf = (name: string): string => (name.startsWith('alpha:') ? A + name.slice('alpha:'.length) : P + name)

/** Reads annotations by their meaning: the value given, else the model's default, parsed by the key's grammar. */
export class Reader {
  readonly annotations: Annotations
  readonly settings: GrammarSettings

  constructor(annotations: Annotations, settings: GrammarSettings) {
    this.annotations = annotations
    this.settings = settings
  }

  /** The annotation as it was given, by an operator or by a values file. */
  given(name: string): Annotation | undefined {
    return this.annotations.get(keyOf(name))
  }

  /** The value as it is written: the one given, else the model's default. */
  text(name: string): string | undefined {
    return this.given(name)?.value ?? rowOf(keyOf(name))?.default
  }

  /** The meaning of the value; undefined when there is neither value nor default, or when the value is not valid. */
  read<T>(name: string): T | undefined {
    const row = rowOf(keyOf(name))
    const value = this.text(name)
    if (value === undefined || row === undefined) return undefined
    const parsed = grammars[row.syntax as SyntaxName](value, this.settings)
    return parsed.ok ? (parsed.value as T) : undefined
  }

  on(name: string): boolean {
    return this.read<boolean>(name) === true
  }

  list<T>(name: string): readonly T[] {
    return this.read<readonly T[]>(name) ?? []
  }
}
