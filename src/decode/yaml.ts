import { EVENT_DOCUMENT, parseEvents, YAMLException } from 'js-yaml'
import { ShallowLines, TOO_SHALLOW } from './shallow-lines.ts'
import { Builder } from './yaml-builder.ts'
import type { YamlFailure, YamlNode, YamlReading, YamlStream } from './yaml-node.ts'

export type Event = ReturnType<typeof parseEvents>[number]

/** What a reader of YAML refuses beyond what is no YAML at all. */
export type Refuse = (
  text: string,
  events: readonly Event[],
  root: YamlNode | undefined,
) => { readonly message: string; readonly offset: number } | undefined

const countOf = (events: readonly Event[]): number => events.filter(({ type }) => type === EVENT_DOCUMENT).length

/** Nodes of a text, and what opens and closes collections: of as many, memory is full before anything is looked at. */
const EVENT_LIMIT = 500_000
const TOO_LARGE: YamlFailure = {
  ok: false,
  message: `it has more than ${EVENT_LIMIT} YAML nodes`,
  offset: 0,
  tooLarge: true,
}

type Build<T> = (events: readonly Event[], builder: Builder, text: string) => T

/** What `build` makes of a text's events, or why js-yaml does not read it. */
function tryToRead<T>(text: string, build: Build<T>): T | YamlFailure {
  try {
    const events = parseEvents(text, {})
    if (events.length > EVENT_LIMIT) return TOO_LARGE
    return build(events, new Builder(text, events), text)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { reason, mark } = error as YAMLException & { reason?: string; mark?: { position?: number } }
    return { ok: false, message: reason ?? error.message, offset: mark?.position ?? 0 }
  }
}

/** The same for all that PyYAML takes: what stands too far left for js-yaml is moved. Places are those in the text as it is. */
function read<T extends { readonly ok: true }>(
  text: string,
  build: Build<T | YamlFailure>,
  located: (found: T, lines: ShallowLines) => T,
): T | YamlFailure {
  const lines = new ShallowLines(text)
  let found = tryToRead(text, build)
  while (!found.ok && found.message === TOO_SHALLOW && lines.move(found.offset)) found = tryToRead(lines.text, build)
  return found.ok ? located(found, lines) : { ...found, offset: lines.original(found.offset) }
}

/** Reads one YAML document only to look at it; nothing is ever written from the result. */
export const readYaml = (text: string, refuse?: Refuse): YamlReading =>
  read<YamlReading & { readonly ok: true }>(
    text,
    (events, builder, moved) => {
      const root = builder.root()
      const refusal = refuse?.(moved, events, root)
      return refusal === undefined ? { ok: true, root, documents: countOf(events) } : { ok: false, ...refusal }
    },
    (found, lines) => ({ ...found, root: lines.located(found.root) }),
  )

/** Reads every document of a stream, to look at them. */
export const readYamlStream = (text: string): YamlStream =>
  read<YamlStream & { readonly ok: true }>(
    text,
    (events, builder) => ({ ok: true, roots: Array.from({ length: countOf(events) }, () => builder.root()) }),
    ({ ok, roots }, lines) => ({ ok, roots: roots.map(root => lines.located(root)) }),
  )
