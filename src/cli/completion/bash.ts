import { shellQuoted } from '../../report/shell.ts'
import type { Command, Option } from '../command.ts'
import { optionsOf } from '../options.ts'
import { ANNOTATION, assignments, formsOf, operandWords, switches } from './words.ts'

type Commands = readonly Command[]

const list = (words: readonly string[]): string => shellQuoted(words.join(' '))

/** What one command completes behind an option. */
function valueWords(option: Option): string {
  if (option.choices !== undefined) return `words=${list(option.choices)} ;;`
  if (option.name !== ANNOTATION) return 'return ;;'
  return `compopt -o nospace 2>/dev/null
      COMPREPLY=($(compgen -W ${list(assignments())} -- "$word"))
      return ;;`
}

/** `--profile) words='full prebuilt' ;;`, and by command where an option takes one thing here and another there. */
function valueCase(forms: string, uses: readonly { readonly command: string; readonly words: string }[]): string {
  const [first] = uses
  const others = uses.filter(({ words }) => words !== first?.words)
  const apart = others.map(({ command, words }) => `${command}) ${words} `).join('')
  const words = others.length === 0 ? first?.words : `case \${COMP_WORDS[1]} in ${apart}*) ${first?.words} esac ;;`
  return `    ${forms})\n      ${words}`
}

/** A case for every option that takes a value. */
function valueCases(commands: Commands): readonly string[] {
  const uses = commands.flatMap(command =>
    optionsOf(command)
      .filter(({ value }) => value !== undefined)
      .map(option => ({ forms: formsOf(option).join('|'), command: command.name, words: valueWords(option) })),
  )
  const forms = [...new Set(uses.map(use => use.forms))]
  return forms.map(form =>
    valueCase(
      form,
      uses.filter(use => use.forms === form),
    ),
  )
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
${valueCases(commands).join('\n')}
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
