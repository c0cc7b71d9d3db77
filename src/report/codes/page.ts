import { CATALOGUE, type Code } from '../catalogue.ts'
import { hang } from '../wrap.ts'
import { EXPLANATIONS } from './explanations.ts'

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ').trimEnd()

/** A block of Markdown. */
const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`

const language = (name: string, text: string): string =>
  name.endsWith('.json') ? 'json' : text.startsWith('#!') || text.startsWith('Content-Type') ? 'text' : 'yaml'

/** The page of a code for a terminal: what it means, why it is said, the remedy, and an example that produces it. */
export function textPage(code: Code): string {
  const [severity, meaning] = CATALOGUE[code]
  const { why, remedy, example } = EXPLANATIONS[code]
  const shown =
    'when' in example
      ? [`  Example\n\n${hang('    ', example.when)}\n`]
      : [
          ...Object.entries(example.files).map(([name, text]) => `  Example: ${name}\n\n${indented(text)}\n`),
          `  $ ${example.command}\n`,
        ]
  const parts = [`${code}  ${severity}\n`, `${hang('  ', meaning)}\n`, `${hang('  ', why)}\n`]
  return [...parts, `${hang('  ', `Remedy: ${remedy}`)}\n`, ...shown].join('\n')
}

/** The same in Markdown, for a page; `told` is what the tool says of the example. */
export function markdownPage(code: Code, told?: string): string {
  const [severity, meaning] = CATALOGUE[code]
  const { why, remedy, example } = EXPLANATIONS[code]
  const head = `**${severity}**: ${meaning}. ${why}\n`
  if ('when' in example) return [head, `Example: ${example.when}\n`, `Remedy: ${remedy}\n`].join('\n')
  const files = Object.entries(example.files).flatMap(([name, text]) => [
    `\`${name}\`:\n`,
    fenced(language(name, text), text),
  ])
  const run = fenced('console', `$ ${example.command}\n${told ?? ''}`)
  return [head, ...files, run, `Remedy: ${remedy}\n`].join('\n')
}

/** The page as data. */
export const dataPage = (code: Code): object => {
  const [severity, meaning] = CATALOGUE[code]
  const { example, ...words } = EXPLANATIONS[code]
  return { code, severity, meaning, ...words, example: 'when' in example ? { when: example.when } : example }
}
