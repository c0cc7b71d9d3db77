import { readValues } from '../annotate/values.ts'
import { type Diagnostic, hasErrors } from '../report/diagnostics.ts'
import type { Source } from '../report/source.ts'
import { tokenIn } from './auth.ts'
import type { Reloadable } from './reload.ts'
import type { ServerIo, Settings } from './settings.ts'
import { readTls, type TlsMaterial } from './tls.ts'

/** A complaint about how the server was called: shown to people, never a stack. */
export interface StartFailure {
  readonly message: string
  readonly diagnostics?: readonly Diagnostic[]
}

/** What the files hold, as it was when they were last read. */
export interface Loaded {
  values: Source | undefined
  token: string | undefined
  tls: TlsMaterial | undefined
}

const textOf = async (path: string, { readFile }: ServerIo): Promise<string> =>
  new TextDecoder().decode(await readFile(path))

/** Everything that is read from files: once now, and again when they change. */
export function reloadables(
  settings: Settings,
  io: ServerIo,
  loaded: Loaded,
  renew: () => void,
): readonly Reloadable[] {
  const { tls, tokenFile, values } = settings
  const items: Reloadable[] = []
  if (tls !== undefined) {
    const paths = [tls.cert, tls.key, ...(tls.clientCa === undefined ? [] : [tls.clientCa])]
    const load = async (): Promise<void> => {
      loaded.tls = await readTls(tls, io.readFile)
      renew()
    }
    items.push({ what: 'tls', paths, watched: true, load })
  }
  if (tokenFile !== undefined) {
    const load = async (): Promise<void> => {
      const token = tokenIn(await textOf(tokenFile, io))
      if (token === undefined) throw new Error('it holds no token, or more than one')
      loaded.token = token
    }
    items.push({ what: 'token', paths: [tokenFile], watched: true, load })
  }
  if (values !== undefined) {
    const load = async (): Promise<void> => {
      const source = { name: values, text: await textOf(values, io) }
      const { diagnostics } = readValues(source)
      if (hasErrors(diagnostics)) throw Object.assign(new Error('it has faults'), { diagnostics })
      loaded.values = source
    }
    items.push({ what: 'values', paths: [values], watched: false, load })
  }
  return items
}

/** The files before the server is there: what cannot be used keeps it from starting. */
export async function loadAll(items: readonly Reloadable[]): Promise<StartFailure | undefined> {
  for (const { what, paths, load } of items) {
    try {
      await load()
    } catch (error) {
      const { message, diagnostics } = error as Error & { diagnostics?: readonly Diagnostic[] }
      return { message: `cannot use ${paths.join(', ')} (${what}): ${message}`, ...(diagnostics && { diagnostics }) }
    }
  }
  return undefined
}
