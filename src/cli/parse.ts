import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../report/nearest.ts'
import type { Call, Command, Option } from './command.ts'
import { UsageError } from './io.ts'
import { optionsOf } from './options.ts'

/** One option as it was written. */
interface Written {
  readonly name: string
  /** `-o` or `--output-file`. */
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

const configOf = (options: readonly Option[]): NonNullable<ParseArgsConfig['options']> =>
  Object.fromEntries(
    options.map(({ name, short, value, multiple }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short !== undefined && { short }),
        ...(multiple === true && { multiple }),
      },
    ]),
  )

/** What is wrong with one option as written, or undefined. */
function faultOf(
  { rawName, value, inlineValue }: Written,
  option: Option,
): readonly [message: string, hint?: string | undefined] | undefined {
  if (option.value === undefined) return value === undefined ? undefined : [`${rawName} takes no value`]
  if (value === undefined || value === '') return [`${rawName} needs a value: ${option.value}`]
  if (inlineValue !== true && value.length > 1 && value.startsWith('-')) {
    return [
      `${rawName} needs a value, and ${value} looks like an option`,
      `if it is the value, write --${option.name}=${value}`,
    ]
  }
  if (option.choices === undefined || option.choices.includes(value)) return undefined
  const near = nearest(value, option.choices)
  const choices = option.choices.join(', ')
  return [`${rawName} ${value} is not one of ${choices}`, near === undefined ? undefined : `did you mean ${near}?`]
}

/** Parses the arguments of a command, or throws a UsageError that names what is wrong and the likely remedy. */
export function parse(command: Command, argv: readonly string[]): Call {
  const options = optionsOf(command)
  const names = options.map(({ name }) => name)
  const help = `try \`consul-vm-inject ${command.name} --help\``
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: configOf(options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = options.find(({ name }) => name === token.name)
    if (option === undefined) {
      const near = token.rawName.startsWith('--') ? nearest(token.name, names) : undefined
      throw new UsageError(`there is no option ${token.rawName}`, near === undefined ? help : `did you mean --${near}?`)
    }
    const fault = faultOf(token, option)
    if (fault !== undefined) throw new UsageError(fault[0], fault[1] ?? help)
  }
  const asked = values['help'] === true || values['version'] === true
  const extra = positionals[command.maxOperands]
  if (extra !== undefined && !asked) throw new UsageError(`${extra} is one operand too many`, help)
  return { values: values as Call['values'], operands: positionals }
}
