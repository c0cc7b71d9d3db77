import { CHOICES } from '../api/choices.ts'
import type { InjectOptions } from '../index.ts'
import type { Source } from '../report/source.ts'
import { type Call, flag, type OptionValues, text, texts } from './command.ts'
import { type Io, UsageError } from './io.ts'
import { whyNotRead, whyNotWritten } from './reasons.ts'

/** Reads a file, or standard input for `-`. */
export async function read(path: string, io: Io): Promise<Uint8Array> {
  try {
    return path === '-' ? await io.readStdin() : await io.readFile(path)
  } catch (error) {
    const what = path === '-' ? 'standard input' : path
    throw new UsageError(`cannot read ${what}: ${whyNotRead(error)}`)
  }
}

/** Names of the inputs as diagnostics show them. */
export const displayName = (path: string): string => (path === '-' ? '<stdin>' : path)

/** Refuses to read standard input for two things, or from somebody who was not asked to type. */
export function checkStdin({ operands, values }: Call, io: Io): void {
  const isUserData = operands.length === 0 || operands.includes('-')
  const others = ['metadata', 'values', 'vendor-data', 'against'].filter(option => text(values, option) === '-')
  const [first, second] = isUserData ? [`--${others[0]} -`, 'the user-data'] : [`--${others[0]} -`, `--${others[1]} -`]
  if (others.length > (isUserData ? 0 : 1)) {
    throw new UsageError(`standard input cannot be both ${first} and ${second}`, 'name a file for one of them')
  }
  if (operands.length === 0 && io.stdinIsTerminal) {
    throw new UsageError('there is no user-data: name a file, or pipe it in', 'try `consul-vm-inject --help`')
  }
}

/** The user-data a command works on: its operand, or standard input. */
export async function readUserData(call: Call, io: Io): Promise<{ name: string; bytes: Uint8Array }> {
  checkStdin(call, io)
  const path = call.operands[0] ?? '-'
  return { name: displayName(path), bytes: await read(path, io) }
}

async function readSource(path: string | undefined, io: Io): Promise<Source | undefined> {
  if (path === undefined) return undefined
  return { name: displayName(path), text: new TextDecoder().decode(await read(path, io)) }
}

/** The options whose values are the library's own words: the parser has let only those through. */
const chosen = (values: OptionValues): Pick<InjectOptions, keyof typeof CHOICES> =>
  Object.fromEntries(
    Object.keys(CHOICES).flatMap(name => {
      const value = text(values, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** The options of the library that the options of the command line stand for. */
export async function injectOptions({ values }: Call, io: Io, name?: string): Promise<InjectOptions> {
  const metadata = await readSource(text(values, 'metadata'), io)
  const helm = await readSource(text(values, 'values'), io)
  const vendor = text(values, 'vendor-data')
  return {
    ...(name !== undefined && { name }),
    annotations: texts(values, 'annotation'),
    ...(metadata !== undefined && { metadata }),
    ...(helm !== undefined && { values: helm }),
    defaultInject: flag(values, 'default-inject'),
    ...chosen(values),
    ...(text(values, 'guest-url') !== undefined && { guestUrl: text(values, 'guest-url') ?? '' }),
    ...(vendor !== undefined && { vendorData: { name: displayName(vendor), bytes: await read(vendor, io) } }),
    allowUnknown: flag(values, 'allow-unknown'),
    strict: flag(values, 'strict'),
  }
}

/** Writes the data of a command: to a file, whole or not at all, or to standard output. */
export async function write(content: string | Uint8Array, path: string | undefined, io: Io): Promise<void> {
  if (path === undefined || path === '-') {
    io.stdout(content)
    return
  }
  try {
    await io.writeFile(path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${whyNotWritten(error)}`)
  }
}
