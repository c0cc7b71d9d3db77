import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { EXPLANATIONS } from '../../src/report/codes/explanations.ts'
import { dataPage, markdownPage, textPage } from '../../src/report/codes/page.ts'
import { CATALOGUE, type Code, type Severity } from '../../src/report/diagnostics.ts'
import { projectFolder } from '../shared.ts'
import { told } from './code-examples.ts'

const CODES = Object.keys(CATALOGUE) as readonly Code[]
const path = join(projectFolder, 'src', 'report', 'README.md')

const FAMILIES: Readonly<Record<string, string>> = {
  1: 'The document',
  2: 'What is given: annotations, files beside the user-data, queries of Terraform',
  3: 'Values of annotations, and what does not go together',
  4: 'How the injection is written',
  5: 'Size and time',
  6: 'Objects of Kubernetes',
  7: 'The server',
}
const RANK: readonly Severity[] = ['error', 'warning', 'note']

/** What was said of each example, for the page. */
const said = new Map<Code, string>()

for (const code of CODES) {
  const { example } = EXPLANATIONS[code]
  const [severity] = CATALOGUE[code]
  if ('when' in example) {
    test(`${code} is brought about by the test that its explanation names`, t => {
      t.true(readFileSync(join(projectFolder, example.test), 'utf8').includes(code))
    })
  } else {
    test.serial(`the example of ${code} produces it, and nothing else that weighs as much`, async t => {
      const stderr = await told(example)
      said.set(code, stderr)
      const found = [...stderr.matchAll(/^(error|warning|note)\[(\w+)\]/gm)]
      const heavy = found.filter(([, weight]) => RANK.indexOf(weight as Severity) <= RANK.indexOf(severity))
      // What was decided is told of everything that is injected.
      const light: readonly (string | undefined)[] = [example.also, code === 'N102' ? undefined : 'N102']
      const codes = new Set(heavy.map(([, , one]) => one).filter(one => !light.includes(one)))
      t.deepEqual([...codes], [code], stderr)
    })
  }
}

test('every explanation is in sentences', t => {
  for (const code of CODES) {
    const { why, remedy } = EXPLANATIONS[code]
    for (const words of [why, remedy]) t.regex(words, /^(?:[A-Z`"0-9]|cloud-init |consul-k8s )[^\n]*[.`]$/, code)
  }
})

test('a page is text, Markdown and data of the same words', t => {
  for (const code of CODES) {
    const { why, remedy, example } = EXPLANATIONS[code]
    const pages = [textPage(code), markdownPage(code)].map(page => page.replace(/\s+/g, ' '))
    for (const page of pages) {
      for (const words of [CATALOGUE[code][1], why, remedy]) t.true(page.includes(words), `${code}: ${words}`)
      if ('command' in example) t.true(page.includes(`$ ${example.command.replace(/\s+/g, ' ')}`), code)
    }
    t.like(dataPage(code), { code, severity: CATALOGUE[code][0], why, remedy })
  }
})

/** Numbers that change with whatever is changed in the guest files. */
const elided = (text: string): string => text.replace(/[\d,]{4,}(?= (?:bytes|more|in gzip))/g, '…')

/** Files that are long are told of by their first lines. */
const shortened = (text: string): string => {
  const lines = text.split('\n')
  return lines.length > 24 ? `${lines.slice(0, 24).join('\n')}\n…\n` : text
}

/** The page of all codes. */
function reference(): string {
  const families = Object.entries(FAMILIES).map(([hundred, title]) => {
    const codes = CODES.filter(code => code[1] === hundred)
    const index = codes.map(code => `- [${code}](#${code.toLowerCase()}): ${CATALOGUE[code][1]}`)
    const pages = codes.map(code => {
      const words = said.get(code)
      return `### ${code}\n\n${markdownPage(code, words === undefined ? undefined : shortened(elided(words)))}`
    })
    return `## ${title}\n\n${index.join('\n')}\n\n${pages.join('\n')}`
  })
  return `# Diagnostics

Every diagnostic has a code, which keeps its meaning for ever: E for an error, after which nothing is written, W for a warning, N for a
note. \`consul-vm-inject explain E305\` prints one of these pages. Made from \`catalogue.ts\` and the examples in \`codes/\`: a test runs each
and looks that this code comes out.

${families.join('\n')}`
}

test.serial('the page of all codes is what the tool says', t => {
  const page = reference()
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, page)
  t.is(readFileSync(path, 'utf8'), page)
})
