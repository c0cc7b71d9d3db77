import { VERSION } from '../version.ts'
import type { Command } from './command.ts'
import { ABOUT, EXIT_CODES, optionText, TAGLINE } from './help.ts'
import { EXIT } from './io.ts'
import { optionsOf } from './options.ts'

/** Text as roff: backslashes and hyphens kept, a leading dot or quote disarmed. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')

const bold = (text: string): string => `\\fB${roff(text)}\\fR`
const italic = (text: string): string => `\\fI${roff(text)}\\fR`
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const paragraphs = (lines: readonly string[]): string => lines.map(line => `.PP\n${roff(sentence(line))}\n`).join('')
const tagged = (term: string, meaning: string): string => `.TP\n${term}\n${roff(sentence(meaning))}\n`
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Operands with their names in italics and the signs around them plain. */
const operands = (text: string): string =>
  text.replace(/[A-Z]+|[^A-Z]+/g, run => (/[A-Z]/.test(run) ? italic(run) : roff(run)))

function options(command: Command): string {
  return optionsOf(command)
    .map(option => {
      const forms = [...(option.short === undefined ? [] : [`-${option.short}`]), `--${option.name}`]
        .map(bold)
        .join(', ')
      return tagged(`${forms}${option.value === undefined ? '' : ` ${italic(option.value)}`}`, optionText(option))
    })
    .join('')
}

const section = (command: Command): string =>
  `.SS ${bold(command.name)}${command.operands === '' ? '' : ` ${operands(command.operands)}`}\n` +
  paragraphs([capital(command.summary), ...command.description]) +
  options(command)

/** The manual page, section 1, made from the same table as the help. */
function page(commands: readonly Command[]): string {
  const examples = commands.flatMap(command => command.examples)
  return `.TH CONSUL\\-VM\\-INJECT 1 "" "consul\\-vm\\-inject ${VERSION}" "User Commands"
.SH NAME
consul\\-vm\\-inject \\- ${roff(TAGLINE)}
.SH SYNOPSIS
.B consul\\-vm\\-inject
[${italic('COMMAND')}] [${italic('OPTIONS')}] [${italic('FILE')}|${italic('DIR')}...]
.SH DESCRIPTION
${roff(ABOUT)}
.PP
Without a command, ${bold(commands[0]?.name ?? '')} is run.
Without a file, or with ${bold('-')} for one, standard input is read.
A file that has the name of a command is written ${bold('./check')}.
Data goes to standard output and nothing else does; diagnostics go to standard error.
.SH COMMANDS
${commands.map(section).join('')}.SH EXIT STATUS
${EXIT_CODES.map(([code, meaning]) => tagged(bold(code), meaning)).join('')}.SH ENVIRONMENT
${tagged(bold('NO_COLOR'), 'when set and not empty, diagnostics are not coloured')}.SH EXAMPLES
${examples.map(line => `.PP\n.nf\n${roff(line)}\n.fi\n`).join('')}.SH SEE ALSO
.BR cloud\\-init (1)
`
}

export const manCommand: Command = {
  name: 'man',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'print the manual page (roff)',
  description: ['Made from the table of commands; show it with man -l -.'],
  options: [],
  examples: ['consul-vm-inject man | man -l -'],
  async run(_call, io, all) {
    io.stdout(page(all()))
    return EXIT.done
  },
}
