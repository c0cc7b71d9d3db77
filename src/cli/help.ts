import { nearest } from '../report/nearest.ts'
import { columns, hang } from '../report/wrap.ts'
import type { Command, Option } from './command.ts'
import { EXIT, UsageError } from './io.ts'
import { optionsOf } from './options.ts'

export const TAGLINE: string = 'the Kubernetes Consul injector, for virtual machines'

export const ABOUT: string =
  'Takes cloud-init user-data that carries the consul.hashicorp.com/ annotations of a Pod and gives back user-data ' +
  'that boots the VM into the Consul service mesh: service registered, Envoy beside it, traffic redirected.'

export const EXIT_CODES: readonly (readonly [string, string])[] = [
  [String(EXIT.done), 'done (preview: nothing would change)'],
  [String(EXIT.changed), 'preview: something would change'],
  [String(EXIT.bad), 'bad usage or bad input; nothing was written, save for what --keep-going lets through'],
  [String(EXIT.tooLarge), 'refused by a limit: of size, or of the time for one document'],
  [String(EXIT.fault), 'a fault of the tool itself'],
]

/** `-a, --annotation KEY=VALUE` */
export const optionTerm = ({ name, short, value }: Option): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`

export const optionText = ({ summary, choices, multiple }: Option): string =>
  `${summary}${choices === undefined ? '' : ` (${choices.join(', ')})`}${multiple === true ? '; may be repeated' : ''}`

const optionTable = (command: Command): string =>
  columns(optionsOf(command).map(option => [optionTerm(option), optionText(option)]))

const exampleLines = (examples: readonly string[]): string => examples.map(line => `  ${line}\n`).join('')

/** The help of one command. */
export function commandHelp(command: Command): string {
  const { name, operands, summary, description, examples } = command
  const usage = ['consul-vm-inject', name, '[OPTIONS]', operands].filter(word => word !== '').join(' ')
  return (
    `${usage}\n\n${hang('  ', summary)}\n\n${description.map(line => `${hang('  ', line)}\n`).join('')}` +
    `\nOptions\n${optionTable(command)}\nExamples\n${exampleLines(examples)}`
  )
}

/** The help of the tool: what it is for, its commands, the options of the default command, the exit codes. */
export function help(commands: readonly Command[]): string {
  const [main] = commands
  if (main === undefined) return ''
  return (
    `consul-vm-inject [COMMAND] [OPTIONS] [FILE|DIR...]\n\n${hang('  ', ABOUT)}\n` +
    `\nCommands\n${columns(commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary]))}` +
    `\nOptions of ${main.name}\n${optionTable(main)}` +
    `\nExamples\n${exampleLines(main.examples)}` +
    `\nExit status\n${columns(EXIT_CODES)}` +
    `\n${hang('  ', 'Without a file, or with - for one, standard input is read. A file that has the name of a command is written ./check.')}\n`
  )
}

export const helpCommand: Command = {
  name: 'help',
  operands: '[COMMAND]',
  completes: 'command',
  maxOperands: 1,
  summary: 'show the help of the tool, or of a command',
  description: ['The same as --help before or after the name of the command.'],
  options: [],
  examples: ['consul-vm-inject help', 'consul-vm-inject help inject'],
  async run({ operands: [asked] }, io, all) {
    const commands = all()
    const names = commands.map(({ name }) => name)
    const about = commands.find(({ name }) => name === asked)
    if (asked !== undefined && about === undefined) {
      const near = nearest(asked, names)
      throw new UsageError(
        `there is no command ${asked}`,
        near === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${near}?`,
      )
    }
    io.stdout(about === undefined ? help(commands) : commandHelp(about))
    return EXIT.done
  },
}
