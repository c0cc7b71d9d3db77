import { type Annotation, type Annotations, DOMAIN, VM_DOMAIN } from '../annotate/annotation.ts'
import { type GrammarSettings, grammars, type SyntaxName } from '../annotate/grammar/index.ts'
import { rowOf } from '../annotate/table.ts'
import { oncePer } from '../report/once-per.ts'

/** Keys that were asked for, by their short names: what is put together anew has to be hashed anew, at each look into a map. */
const KEYS = new Map<string, string>()

/** The whole key of a short name; names of VM-only annotations begin with `alpha:`. */
export function keyOf(name: string): string {
  const known = KEYS.get(name)
  if (known !== undefined) return known
  const key = name.startsWith('alpha:') ? VM_DOMAIN + name.slice('alpha:'.length) : DOMAIN + name
  KEYS.set(name, key)
  return key
}

type Meanings = Map<string, unknown>

/** What the model's defaults mean, by name: the same for all documents of a run. */
const defaultsUnder = oncePer((_: GrammarSettings): Meanings => new Map())

/** Reads annotations by their meaning: the value given, else the model's default, parsed by the key's grammar. */
export class Reader {
  readonly annotations: Annotations
  readonly settings: GrammarSettings
  /** Where the VM is to run; undefined when nobody said. */
  readonly platform: string | undefined
  private readonly meanings: Meanings = new Map()
  private readonly defaults: Meanings

  constructor(annotations: Annotations, settings: GrammarSettings, platform?: string) {
    this.annotations = annotations
    this.settings = settings
    this.platform = platform
    this.defaults = defaultsUnder(settings)
  }

  /** The annotation as it was given, by an operator or by a values file. */
  given(name: string): Annotation | undefined {
    return this.annotations.get(keyOf(name))
  }

  /** The annotation as somebody wrote it for this VM: defaults of a values file are for all. */
  asked(name: string): Annotation | undefined {
    const given = this.given(name)
    return given?.origin === 'default' ? undefined : given
  }

  /** The value as it is written: the one given, else the model's default. */
  text(name: string): string | undefined {
    return this.given(name)?.value ?? rowOf(keyOf(name))?.default
  }

  /** The meaning of the value; undefined when there is neither value nor default, or when the value is not valid. */
  read<T>(name: string): T | undefined {
    const meanings = this.given(name) === undefined ? this.defaults : this.meanings
    const known = meanings.get(name)
    if (known !== undefined || meanings.has(name)) return known as T | undefined
    const meaning = this.meaningOf(name)
    meanings.set(name, meaning)
    return meaning as T | undefined
  }

  private meaningOf(name: string): unknown {
    const [value, row] = [this.text(name), rowOf(keyOf(name))]
    if (value === undefined || row === undefined) return undefined
    const meaning = grammars[row.syntax as SyntaxName](value, this.settings)
    return meaning.ok ? meaning.value : undefined
  }

  on(name: string): boolean {
    return this.read<boolean>(name) === true
  }

  list<T>(name: string): readonly T[] {
    return this.read<readonly T[]>(name) ?? []
  }
}

/** The argument of Consul's programs that names the namespace, where there is one. */
export function namespaceArgument(reader: Reader): readonly string[] {
  const namespace = reader.given('consul-namespace')?.value
  return namespace === undefined ? [] : [`-namespace=${namespace}`]
}
