import type { ExitCode, Io } from './io.ts'

/** One option of a command. The table of commands drives parsing, help, completion and the man page. */
export interface Option {
  readonly name: string
  readonly short?: string
  /** Name of the value in help; absent for a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly multiple?: boolean
  readonly summary: string
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

/** What a command was called with. */
export interface Call {
  readonly values: OptionValues
  readonly operands: readonly string[]
}

/** What an operand is, for completion. */
export type OperandKind = 'file' | 'key' | 'shell' | 'schema' | 'command' | 'nothing'

export interface Command {
  readonly name: string
  /** Operands in help: `[FILE|DIR...]`. */
  readonly operands: string
  readonly completes: OperandKind
  readonly maxOperands: number
  readonly summary: string
  readonly description: readonly string[]
  /** All but --help and --version, which every command has. */
  readonly options: readonly Option[]
  readonly examples: readonly string[]
  readonly run: (call: Call, io: Io, commands: () => readonly Command[]) => Promise<ExitCode>
}

export const text = (values: OptionValues, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}
export const flag = (values: OptionValues, name: string): boolean => values[name] === true
export const texts = (values: OptionValues, name: string): readonly string[] => {
  const value = values[name]
  return Array.isArray(value) ? (value as readonly string[]) : []
}
