import type { Annotation, Annotations } from '../annotate/annotation.ts'
import { type GrammarSettings, grammars, type SyntaxName } from '../annotate/grammar/index.ts'
import { rowOf } from '../annotate/table.ts'
import { oncePer } from '../report/once-per.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'

/** The whole key of a short name; names of VM-only annotations begin with `alpha:`. */
export const keyOf = (name: string): string => (name.startsWith('alpha:') ? A + name.slice('alpha:'.length) : P + name)

function parsed(name: string, value: string | undefined, settings: GrammarSettings): unknown {
  const row = rowOf(keyOf(name))
  if (value === undefined || row === undefined) return undefined
  const meaning = grammars[row.syntax as SyntaxName](value, settings)
  return meaning.ok ? meaning.value : undefined
}

/** What the model's defaults mean, by name: the same for all documents of a run. */
const defaultsUnder = oncePer((_: GrammarSettings) => new Map<string, unknown>())

/** Reads annotations by their meaning: the value given, else the model's default, parsed by the key's grammar. */
export class Reader {
  readonly annotations: Annotations
  readonly settings: GrammarSettings
  /** Where the VM is to run; undefined when nobody said. */
  readonly platform: string | undefined
  private readonly meanings = new Map<string, unknown>()

  constructor(annotations: Annotations, settings: GrammarSettings, platform?: string) {
    this.annotations = annotations
    this.settings = settings
    this.platform = platform
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
    if (!this.meanings.has(name)) this.meanings.set(name, this.meaningOf(name))
    return this.meanings.get(name) as T | undefined
  }

  private meaningOf(name: string): unknown {
    const given = this.given(name)
    if (given !== undefined) return parsed(name, given.value, this.settings)
    const defaults = defaultsUnder(this.settings)
    if (!defaults.has(name)) defaults.set(name, parsed(name, this.text(name), this.settings))
    return defaults.get(name)
  }

  on(name: string): boolean {
    return this.read<boolean>(name) === true
  }

  list<T>(name: string): readonly T[] {
    return this.read<readonly T[]>(name) ?? []
  }
}
