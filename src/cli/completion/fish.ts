import { shellQuoted } from '../../report/shell.ts'
import type { Command, Option } from '../command.ts'
import { optionsOf } from '../options.ts'
import { ANNOTATION, assignments, operandWords, switches } from './words.ts'

type Commands = readonly Command[]

const COMPLETE = 'complete -c consul-vm-inject'

/** What completes the value of an option. */
function argument({ name, value, choices }: Option): string {
  if (value === undefined) return ''
  if (choices !== undefined) return ` -x -a ${shellQuoted(choices.join(' '))}`
  return name === ANNOTATION ? " -x -a '(__consul_vm_inject_annotations)'" : ' -r -F'
}

/** An option as `complete` takes it. */
const flags = (option: Option): string =>
  `-l ${option.name}${option.short === undefined ? '' : ` -s ${option.short}`}${argument(option)} -d ${shellQuoted(option.summary)}`

/** Options that are the same in several commands are stated once, with all their commands. */
function optionLines(commands: Commands): readonly string[] {
  const users = new Map<string, string[]>()
  for (const command of commands) {
    for (const option of optionsOf(command).map(flags)) users.set(option, [...(users.get(option) ?? []), command.name])
  }
  return [...users].map(([option, names]) => `${COMPLETE} -n '__consul_vm_inject_in ${names.join(' ')}' ${option}`)
}

function operandLine(command: Command, commands: Commands): string {
  const words = operandWords(command, commands)
  if (words === undefined) return ''
  const offered = words.length === 0 ? '' : ` -a ${shellQuoted(words.join(' '))}`
  return `${COMPLETE} -n '__consul_vm_inject_in ${command.name}' -f${offered}\n`
}

/** The completion of fish (3 or newer). */
export function fish(commands: Commands): string {
  const [main, ...others] = commands.map(({ name }) => name)
  const booleans = switches()
  const rest = assignments().filter(word => !booleans.includes(word.replace(/=$/, '')))
  const names = commands.map(
    ({ name, summary }) => `${COMPLETE} -n __consul_vm_inject_first -a ${name} -d ${shellQuoted(summary)}`,
  )
  return `# fish completion of consul-vm-inject
function __consul_vm_inject_first
    test (count (commandline -opc)) -eq 1
end

function __consul_vm_inject_in
    set -l typed (commandline -opc)
    set -l command ${main}
    if set -q typed[2]; and contains -- $typed[2] ${others.join(' ')}
        set command $typed[2]
    end
    contains -- $command $argv
end

function __consul_vm_inject_annotations
    printf '%s\\n' ${rest.join(' ')}
    printf '%s=true\\n' ${booleans.join(' ')}
    printf '%s=false\\n' ${booleans.join(' ')}
end

${names.join('\n')}
${optionLines(commands).join('\n')}
${commands.map(command => operandLine(command, commands)).join('')}`
}
