import { failure, noteOf, refused, withInstance } from './outcome.ts'
import { problem } from './problem.ts'
import { bytes, plain, type Response } from './request.ts'
import type { Handler } from './router.ts'
import type { SeedFile } from './seeds.ts'
import type { State } from './state.ts'
import type { Done, Failed } from './work.ts'

/**
 * `/{instance}/{file}`, and `/{instance}{file}`, which cloud-init before 23.1 asks for when the URL of its seed lacks the slash at
 * the end. No name of a file ends with another, so that it is always clear where the name of the instance ends.
 */
export const SEED: RegExp =
  /^\/(?<instance>[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}?)\/?(?<file>meta-data|user-data|vendor-data|network-config)$/

const EMPTY = new Uint8Array()

/** The bytes of a file; empty when the instance has none; an answer when it cannot be read. */
async function read({ seeds }: State, instance: string, file: SeedFile): Promise<Uint8Array | Response | undefined> {
  const seed = await seeds?.read(instance, file)
  if (seed === undefined || seed.found === 'no-instance') return problem('E703', 'there is no such instance')
  if (seed.found === 'refused') return problem('E719', `the ${file} of the instance cannot be served: ${seed.why}`)
  return seed.found === 'file' ? seed.bytes : undefined
}

/** What a job gave, or what there is without it when there are errors: a VM that boots can be repaired. */
function given(result: Done | Failed, without: Uint8Array, { onError }: State): Response {
  if (!result.ok) {
    return result.why === 'busy' || onError === 'fail' ? failure(result) : bytes(without, noteOf(result, true))
  }
  if (result.output !== undefined) return bytes(result.output, noteOf(result, false))
  return onError === 'fail' ? refused(result) : bytes(without, noteOf(result, true))
}

type Maker = (state: State, instance: string) => Promise<Response>

const asItIs =
  (file: SeedFile): Maker =>
  async (state, instance) => {
    const content = await read(state, instance, file)
    return content === undefined || content instanceof Uint8Array ? bytes(content ?? EMPTY) : content
  }

/** cloud-init insists on meta-data with an instance-id; the name of the directory is one that lasts. */
const metaData: Maker = async (state, instance) => {
  const content = await read(state, instance, 'meta-data')
  if (content === undefined) return plain(200, `instance-id: ${JSON.stringify(instance)}\n`)
  return content instanceof Uint8Array ? bytes(content) : content
}

const mutated: Maker = async (state, instance) => {
  const input = (await read(state, instance, 'user-data')) ?? EMPTY
  if (!(input instanceof Uint8Array)) return input
  const options = { ...state.defaults(), name: `${instance}/user-data` }
  return given(await state.work({ kind: 'inject', input, options }), input, state)
}

const vendored: Maker = async (state, instance) => {
  const [input, beside] = await Promise.all([read(state, instance, 'user-data'), read(state, instance, 'vendor-data')])
  for (const content of [input, beside]) {
    if (content !== undefined && !(content instanceof Uint8Array)) return content
  }
  const own = beside instanceof Uint8Array ? beside : EMPTY
  const options = { ...state.defaults(), name: `${instance}/user-data` }
  const job = { kind: 'vendor', input: input instanceof Uint8Array ? input : EMPTY, beside: own, options } as const
  return given(await state.work(job), own, state)
}

const MAKERS: Readonly<Record<State['mode'], Readonly<Record<string, Maker>>>> = {
  mutate: {
    'meta-data': metaData,
    'user-data': mutated,
    'vendor-data': asItIs('vendor-data'),
    'network-config': asItIs('network-config'),
  },
  vendor: {
    'meta-data': metaData,
    'user-data': asItIs('user-data'),
    'vendor-data': vendored,
    'network-config': asItIs('network-config'),
  },
}

/** A NoCloud seed. What is optional is answered 200 and empty: of a 404 cloud-init asks again for minutes. */
export const noCloud: Handler = async (_, state, { instance = '', file = '' }) => {
  const make = MAKERS[state.mode][file]
  return make === undefined
    ? problem('E703', 'there is nothing at this path')
    : withInstance(await make(state, instance), instance)
}
