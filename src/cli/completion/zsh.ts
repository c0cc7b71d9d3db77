import { shellQuoted } from '../../report/shell.ts'
import type { Command, Option } from '../command.ts'
import { optionsOf } from '../options.ts'
import { ANNOTATION, assignments, formsOf, operandWords, switches } from './words.ts'

type Commands = readonly Command[]

/** Text inside a specification of `_arguments`. */
const spec = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

/** What completes the value of an option: `:FORMAT:(pretty json)`. */
function action({ name, value, choices }: Option): string {
  if (value === undefined) return ''
  if (choices !== undefined) return `:${spec(value)}:(${choices.join(' ')})`
  return `:${spec(value)}:${name === ANNOTATION ? '_consul_vm_inject_annotation' : '_files'}`
}

/** A specification for each form of an option, which exclude each other unless it may be repeated. */
function optionSpecs(option: Option): readonly string[] {
  const forms = formsOf(option)
  const others = forms.length > 1 ? `(${forms.join(' ')})` : ''
  const before = option.multiple === true ? '*' : others
  return forms.map(form => {
    const sign = form.startsWith('--') ? '=' : '+'
    const joint = option.value === undefined ? '' : sign
    return shellQuoted(`${before}${form}${joint}[${spec(option.summary)}]${action(option)}`)
  })
}

/** The specification of the operand; none when there is nothing to offer. */
function operandSpec(command: Command, commands: Commands): readonly string[] {
  const words = operandWords(command, commands)
  if (words === undefined) return [shellQuoted(`${command.maxOperands > 1 ? '*' : ''}:file:_files`)]
  return words.length === 0 ? [] : [shellQuoted(`:${command.completes}:(${words.join(' ')})`)]
}

function commandCase(command: Command, commands: Commands): string {
  const specs = [...optionsOf(command).flatMap(optionSpecs), ...operandSpec(command, commands)]
  return `    ${command.name})\n      _arguments -s -S \\\n${specs.map(line => `        ${line}`).join(' \\\n')} ;;`
}

/** The completion of zsh, to be sourced or put into a folder of `$fpath`. */
export function zsh(commands: Commands): string {
  const names = commands.map(({ name, summary }) => `    ${shellQuoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`)
  return `#compdef consul-vm-inject
_consul_vm_inject_annotation() {
  local -a keys switches
  keys=(${assignments().join(' ')})
  switches=(${switches().join(' ')})
  if compset -P '*='; then
    local key=\${\${IPREFIX%=}##*=}
    (( $switches[(Ie)$key] )) && compadd -- true false
  else
    compadd -S '' -- $keys
  fi
}

_consul_vm_inject() {
  local command=${commands[0]?.name}
  local -a names
  names=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command names
    _files
    return
  fi
  if (( $names[(I)\${(b)words[2]}:*] )); then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${commands.map(command => commandCase(command, commands)).join('\n')}
  esac
}

if [[ $funcstack[1] == _consul_vm_inject || $funcstack[1] == _consul-vm-inject ]]; then
  _consul_vm_inject "$@"
else
  compdef _consul_vm_inject consul-vm-inject
fi
`
}
