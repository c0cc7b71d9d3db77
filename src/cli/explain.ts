import { SCHEMA } from '../../annotations/generated/schema.ts'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import type { AnnotationRow } from '../../annotations/row.ts'
import { DOMAIN, nameOf, VM_DOMAIN } from '../annotate/annotation.ts'
import { nearestKey, rowAbout, wholeKey } from '../annotate/table.ts'
import { exampleOf } from '../preview/example.ts'
import { dataPage, textPage } from '../report/codes/page.ts'
import { CATALOGUE, type Code } from '../report/diagnostics.ts'
import { jsonText } from '../report/json.ts'
import { nearest } from '../report/nearest.ts'
import { visible } from '../report/visible.ts'
import { columns, hang } from '../report/wrap.ts'
import { type Command, text } from './command.ts'
import { explainCheck } from './doctor.ts'
import { EXIT, type Io, UsageError } from './io.ts'
import { FORMAT } from './options.ts'

const VERDICT: Readonly<Record<AnnotationRow['verdict'], string>> = {
  applies: 'applies as on Kubernetes',
  maps: 'maps onto something of the VM',
  warn: 'means nothing on a VM (a warning)',
  reject: 'cannot be set for a VM (an error)',
}

/** What the model says of the values of one syntax. */
interface Syntax {
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly string[]
}

function syntaxOf({ syntax }: AnnotationRow): Syntax {
  const { definitions } = JSON.parse(SCHEMA) as { definitions: Readonly<Record<string, Syntax>> }
  return Object.values(definitions).find(({ format }) => format === syntax) ?? {}
}

const display = ({ key, prefix }: AnnotationRow): string => (prefix ? `${key}<name>` : key)
const short = (row: AnnotationRow): string => display(row).replace(new RegExp(`^${DOMAIN}`), '')
const firstSentence = (words: string): string => /^.*?[.!?](?=\s|$)/s.exec(words)?.[0] ?? words

/** What the plan of a VM with the example has because of it. */
function planOf(row: AnnotationRow): string {
  const example = exampleOf(row)
  if (example === undefined) return ''
  const lines = example.effects.map(effect => `${hang('    ', visible(effect))}\n`)
  return `\n  With "${visible(example.value)}" the plan of a VM with the service web has\n${lines.join('')}`
}

/** Everything about one annotation. */
function whole(row: AnnotationRow): string {
  const { description, enum: values } = syntaxOf(row)
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['On a VM', row.key.startsWith(VM_DOMAIN) ? 'applies there only: no Pod has it' : VERDICT[row.verdict]],
    ['Value', description ?? row.syntax],
    ['One of', values?.join(', ')],
    ['Default', row.default],
    ['Helm value', row.helm],
    ['Since', row.since],
    ['Now spelt', row.aliasOf],
    ['Needs', row.needs],
    ['Example', `# ${display(row)}: ${row.example}`],
  ]
  const given = facts.flatMap(([term, fact]) => (fact === undefined ? [] : [[term, fact] as const]))
  return `${display(row)}\n\n${hang('  ', row.summary)}\n\n${hang('  ', row.vm)}\n\n${columns(given)}${planOf(row)}`
}

/** A family of annotations, each with the first sentence of its meaning. */
function family(name: string): string {
  const rows = ANNOTATIONS.filter(row => row.family === name)
  const [verdict, ...others] = new Set(rows.map(row => row.verdict))
  const idle = (one: AnnotationRow['verdict']): boolean => one === 'warn' || one === 'reject'
  const alike = verdict !== undefined && others.length === 0 && idle(verdict)
  const lines = rows.map(row => {
    const note = !alike && idle(row.verdict) ? `(${VERDICT[row.verdict]}) ` : ''
    return [short(row), note + firstSentence(row.summary)] as const
  })
  return `${name}${alike ? `: ${VERDICT[verdict]}` : ''}\n${columns(lines, 40)}`
}

function overview(): string {
  const families = new Set(ANNOTATIONS.map(row => row.family))
  return `Keys without a domain begin with ${DOMAIN}\n\n${[...families].map(family).join('\n')}`
}

/** The rows of the model for the keys, with what their values may be. */
const rowsOf = (rows: readonly AnnotationRow[]): string =>
  jsonText(rows.map(row => ({ ...row, value: syntaxOf(row).description, values: syntaxOf(row).enum })))

/** The codes there are. */
const CODES = Object.keys(CATALOGUE) as readonly Code[]

function explainCode(asked: string, json: boolean): string | undefined {
  if (!/^[EWN]\d+$/i.test(asked)) return undefined
  const code = CODES.find(known => known === asked.toUpperCase())
  if (code === undefined) {
    // Of equally near ones first those of its family, then those of its severity.
    const word = asked.toUpperCase()
    const alike = [2, 1].flatMap(length => CODES.filter(known => known.startsWith(word.slice(0, length))))
    const near = nearest(word, alike)
    throw new UsageError(
      `there is no diagnostic ${asked}`,
      near === undefined ? 'each diagnostic shows its code: error[E202]' : `did you mean ${near}?`,
    )
  }
  return json ? jsonText([dataPage(code)]) : textPage(code)
}

function rowFor(asked: string): AnnotationRow {
  const key = wholeKey(asked)
  const row = rowAbout(key)
  if (row !== undefined) return row
  const near = nearestKey(key)
  const hint =
    near === undefined ? 'run `consul-vm-inject explain` for the keys there are' : `did you mean ${nameOf(near)}?`
  throw new UsageError(`there is no annotation ${asked}`, hint)
}

function answer(asked: string | undefined, json: boolean): string {
  if (asked === undefined) return json ? rowsOf(ANNOTATIONS) : overview()
  const code = explainCode(asked, json)
  if (code !== undefined) return code
  const check = explainCheck(asked)
  if (check !== undefined) return json ? jsonText(check.rows) : check.text
  const row = rowFor(asked)
  return json ? rowsOf([row]) : whole(row)
}

export const explainCommand: Command = {
  name: 'explain',
  operands: '[KEY]',
  completes: 'key',
  maxOperands: 1,
  summary: 'explain an annotation, or list them all',
  description: [
    `The key may leave out ${DOMAIN} or ${VM_DOMAIN}.`,
    'The code of a diagnostic is explained as well, with an example that produces it: E202; and so is a check of the doctor: doctor/agent-xds.',
  ],
  options: [{ ...FORMAT, summary: 'how it is written: for people, or as JSON rows of the annotation model' }],
  examples: [
    'consul-vm-inject explain',
    'consul-vm-inject explain connect-service-upstreams',
    'consul-vm-inject explain E305',
  ],
  async run({ operands: [asked], values }, io: Io) {
    io.stdout(answer(asked, text(values, 'output') === 'json'))
    return EXIT.done
  },
}
