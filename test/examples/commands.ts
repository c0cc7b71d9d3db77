import { shellWords } from '../../src/annotate/grammar/shell-words.ts'
import { exampleFiles, readExample } from './files.ts'

/** A command line of the tool that stands in an example, without its name. */
export interface CommandLine {
  readonly path: string
  readonly line: number
  readonly argv: readonly string[]
}

const NAME = 'consul-vm-inject'

/** The words behind the name up to what ends a command; redirections are not words of it. */
function argvOf(rest: string): readonly string[] {
  const plain = rest
    .replaceAll('\\|', '|') // in a table
    .replace(/"\$\(|\$\(/g, '')
    .split(/\s(?:\|\|?|&&|;)\s|;\s|[)`]/)[0]
    ?.replace(/\s\d?[<>]+&?\s?\S+/g, '')
  const words = shellWords((plain ?? '').trim())
  return words.ok ? words.value : []
}

/** Where a command begins: on a line of its own, in a comment further in than its words, behind `name=$(` or in backticks. */
const BEGINNING = new RegExp(`(?:^(?: *|[#/]+ {2,}|[ \\w"]*[=:] ?"?(?:\\$\\()?)|\`)${NAME}(?= \\S)`, 'g')
const LIST = new RegExp(`\\["${NAME}", ([^\\]]*)\\]`)

/** Every command line of the tool that a person or a program is to run. */
function commandsOf(path: string): readonly CommandLine[] {
  return readExample(path)
    .split('\n')
    .flatMap((text, at) => {
      const list = LIST.exec(text)?.[1]
      if (list !== undefined) return [{ path, line: at + 1, argv: JSON.parse(`[${list}]`) as readonly string[] }]
      return [...text.matchAll(BEGINNING)].map(({ index, 0: begun }) => ({
        path,
        line: at + 1,
        argv: argvOf(text.slice(index + begun.length)),
      }))
    })
}

/** What the tool made names itself everywhere; nobody types that. */
const OUTPUTS = /(?:^|\/)(?:injected\.txt|expected-[\w-]+\.json)$/

export const commandLines: readonly CommandLine[] = exampleFiles.filter(path => !OUTPUTS.test(path)).flatMap(commandsOf)
