import { nearest } from '../report/nearest.ts'
import { prettyUsage } from '../report/pretty.ts'
import { VERSION } from '../version.ts'
import { wantsColour } from './colour.ts'
import { type Command, flag, type OptionValues } from './command.ts'
import { allCommands, COMMAND_NAMES, commandNamed, DEFAULT } from './commands.ts'
import { commandHelp, help } from './help.ts'
import { EXIT, type ExitCode, type Io, isUsageError, UsageError } from './io.ts'
import { parse } from './parse.ts'

/** The command that the first argument names; undefined when it is an option or a file. */
function commandOf(first: string | undefined, io: Io): Command | undefined {
  if (first === undefined || first.startsWith('-')) return undefined
  const named = commandNamed(first)
  if (named !== undefined) return named
  const near = nearest(first, COMMAND_NAMES)
  if (near !== undefined && io.stat(first) === undefined) {
    throw new UsageError(`there is no file and no command ${first}`, `did you mean ${near}?`)
  }
  return undefined
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const named = commandOf(argv[0], io)
  const command = named ?? DEFAULT
  const call = parse(command, named === undefined ? argv : argv.slice(1))
  if (flag(call.values, 'help')) {
    io.stdout(named === undefined ? help(allCommands()) : commandHelp(named))
    return EXIT.done
  }
  if (flag(call.values, 'version')) {
    io.stdout(`${VERSION}\n`)
    return EXIT.done
  }
  return command.run(call, io, allCommands)
}

/** What --color says on a command line that may not be parsed. */
function colourAsked(argv: readonly string[]): OptionValues {
  const at = argv.findLastIndex(word => /^--color(?:=|$)/.test(word))
  return at < 0 ? {} : { color: argv[at]?.slice('--color='.length) || argv[at + 1] }
}

/** The command line as a function: arguments in, streams through `io`, exit status out. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io)
  } catch (error) {
    const colour = wantsColour(colourAsked(argv), io)
    if (isUsageError(error)) {
      io.stderr(prettyUsage(error.message, error.hint, colour))
      return EXIT.bad
    }
    const stack = (error instanceof Error ? error.stack : undefined) ?? String(error)
    io.stderr(
      prettyUsage(`consul-vm-inject ${VERSION} failed`, 'this is a fault of the tool: please report it', colour),
    )
    io.stderr(`${stack}\n`)
    return EXIT.fault
  }
}
