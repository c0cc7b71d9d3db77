import { itemwise, listItems } from './list.ts'
import { port } from './number.ts'
import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** One path of `proxy.expose.paths`, as the agent's configuration spells it. */
export interface ExposedPath {
  readonly listener_port: number
  readonly local_path_port: number
  readonly path: string
  readonly protocol?: 'http2'
}

const exposedPath = (text: string): Parsed<ExposedPath> => {
  const found = /^([0-9]+):([0-9]+)(\/[!-"$-+.->@-~-]*)(\?http2)?$/.exec(text)
  if (found === null) {
    const hint = 'write LISTENER-PORT:PORT/PATH, such as "20210:8080/health"'
    return refuse(complaint(`${quote(text)} is not a path to expose`, hint))
  }
  const [, listener = '', local = '', path = '', http2] = found
  const [outer, inner] = [port(listener), port(local)]
  if (!outer.ok) return outer
  if (!inner.ok) return inner
  const protocol = http2 === undefined ? {} : { protocol: 'http2' as const }
  return meaning({ listener_port: outer.value, local_path_port: inner.value, path, ...protocol })
}

/** A comma list of paths, each with the port on which Envoy listens for it and the port behind it. */
export const exposePaths: (value: string) => Parsed<readonly ExposedPath[]> = onOneLine(value =>
  itemwise(listItems(value), exposedPath),
)
