import type { Command, Option } from '../command.ts'
import { optionsOf } from '../options.ts'
import { ANNOTATION, assignments, formsOf, operandWords, quoted, switches } from './words.ts'

type Commands = readonly Command[]

const list = (words: readonly string[]): string => quoted(words.join(' '))

/** Every option that takes a value, once, whatever command it belongs to. */
function valued(commands: Commands): readonly Option[] {
  const options = commands.flatMap(optionsOf).filter(({ value }) => value !== undefined)
  return [...new Map(options.map(option => [option.name, option])).values()]
}

/** What follows an option: `--profile) words='full prebuilt' ;;` */
function valueCase(option: Option): string {
  const forms = formsOf(option).join('|')
  if (option.choices !== undefined) return `    ${forms}) words=${list(option.choices)} ;;`
  if (option.name !== ANNOTATION) return `    ${forms}) return ;;`
  return `    ${forms})
      compopt -o nospace 2>/dev/null
      COMPREPLY=($(compgen -W ${list(assignments())} -- "$word"))
      return ;;`
}

/** The options of a command and the words for its operand; without words readline completes files. */
function commandCase(command: Command, commands: Commands): string {
  const words = operandWords(command, commands)
  const options = optionsOf(command).map(({ name }) => `--${name}`)
  const operand = words === undefined ? '' : ` words=${list(words)}; compopt +o default 2>/dev/null`
  return `    ${command === commands[0] ? '*' : command.name}) options=${list(options)}${operand} ;;`
}

/** The completion of bash (3.2 or newer). A word with `=` in it comes as three words. */
export function bash(commands: Commands): string {
  const [main, ...others] = commands
  const names = commands.map(({ name }) => name)
  const cases = [...others, ...(main === undefined ? [] : [main])].map(command => commandCase(command, commands))
  return `# bash completion of consul-vm-inject
_consul_vm_inject() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} assigned= options= words= files
  if [[ $word == = ]]; then
    word='' assigned=1
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]} assigned=1
  fi
  COMPREPLY=()
  case $previous in
${valued(commands).map(valueCase).join('\n')}
    ${switches().join('|')})
      [[ -n $assigned ]] && words='true false' ;;
  esac
  if [[ -n $assigned || -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
    COMPREPLY=($(compgen -W ${list(names)} -- "$word"))
    local IFS=$'\\n'
    files=($(compgen -f -- "$word"))
    [[ \${#files[@]} -eq 0 ]] || compopt -o filenames 2>/dev/null
    COMPREPLY+=("\${files[@]}")
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  [[ $word == -* ]] && words=$options
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _consul_vm_inject consul-vm-inject
`
}
