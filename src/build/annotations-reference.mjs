/** Writes annotations/README.md, the operator's reference, from the model. */

import { networks } from './networks-reference.mjs'
import { packagesSection } from './packages-reference.mjs'

const VERDICTS = {
  applies: 'means on a VM what it means on Kubernetes',
  maps: 'has its meaning brought about by something that a VM has, such as a systemd directive',
  warn: 'means nothing on a VM: it is left out, and a warning says why and what to use instead (`--strict` makes it an error)',
  reject: 'cannot be set for a VM: an error says why and what to use instead, and nothing is written',
}

const INTRO = `# Annotations

Every annotation that consul-vm-inject knows: what a Pod may carry for the Consul injector of consul-k8s, under
\`consul.hashicorp.com/\`, and what only VMs have, under \`alpha.consul.hashicorp.com/\`. A key that is not here is an error.

This file is made from the types beside it. \`schema.json\` says the same to editors and programs.

Annotations stand in the user-data: as comments at its head (in any format), as keys in a cloud-config at the top level,
under \`annotations:\` or under \`metadata: {annotations: ...}\`. They may also be given from outside.

\`\`\`yaml
#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: web
# consul.hashicorp.com/connect-service-port: 8080
packages: [nginx]
\`\`\`

Values are strings, as on Kubernetes; integers and booleans are taken as the strings they are written as. Bare
\`yes\`, \`no\`, \`on\` and \`off\` in a cloud-config count as booleans where one is meant, and are text anywhere else. An empty
value counts as not given, except where its key says otherwise.
`

const SINCE = `"Since" is the first release of consul-k8s that has the key, and the last one where it is gone again; for this tool's
own keys it is the release of consul-vm-inject.
`

const code = text => `\`${text}\``
/** What comes out of a type's comment has lost the line ends between the rows of a table. No cell of one is empty. */
const tabled = text => text.replaceAll(' | | ', ' |\n| ')
const cell = text => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A table with aligned columns, as biome wants its Markdown. */
function table(heads, rows) {
  const cells = [heads, ...rows].map(row => row.map(cell))
  const widths = heads.map((_, column) => Math.max(3, ...cells.map(row => row[column].length)))
  const line = (row, filler) => `| ${row.map((text, column) => text.padEnd(widths[column], filler)).join(' | ')} |`
  const rule = line(
    widths.map(() => ''),
    '-',
  )
  const [head, ...body] = cells.map(row => line(row, ' '))
  return [head, rule, ...body].join('\n')
}

const anchor = text =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')
const link = (text, heading) => `[${text}](#${anchor(heading)})`
const firstSentence = text => text.match(/^.*?[.](?=\s|$)/)?.[0] ?? text
const scalar = text => (text.includes('"') ? `'${text}'` : `"${text}"`)
const quoted = value => code(JSON.stringify(value))

const overview = ({ entries }) =>
  table(
    ['Key', 'Value', 'Default', 'Since', 'On a VM'],
    entries.map(({ key, syntax, default: value, since, verdict, vm }) => [
      link(code(key), key),
      syntax,
      value === undefined ? '' : quoted(value),
      since,
      `**${verdict}**: ${verdict === 'applies' || verdict === 'maps' ? firstSentence(vm) : vm}`,
    ]),
  )

/** One key: meaning, what it does on a VM, its value, an example. */
function section({ key, summary, vm, verdict, syntax, default: value, helm, since, example, aliasOf, needs }) {
  const facts = [
    `Value: ${link(syntax, 'Values')}`,
    ...(value === undefined ? [] : [`default ${quoted(value)}`]),
    ...(helm === undefined ? [] : [`values file: ${code(helm)}`]),
    / to /.test(since) ? since : `since ${since}`,
    ...(needs === undefined ? [] : [`needs ${needs.split(' ').map(code).join(', ')}`]),
    ...(aliasOf === undefined ? [] : [`another spelling of ${link(code(aliasOf), aliasOf)}`]),
  ]
  const shown = ['```yaml', `${key.replace('*', 'team')}: ${scalar(example)}`, '```']
  return [
    `### ${code(key)}`,
    summary,
    `On a VM (**${verdict}**): ${vm}`,
    `${facts.join('; ')}.`,
    ...(verdict === 'reject' ? [] : [shown.join('\n')]),
  ].join('\n\n')
}

const familySection = family =>
  [`## ${family.title}`, tabled(family.intro), overview(family), ...family.entries.map(section)].join('\n\n')

const syntaxes = (families, definitions) => {
  const used = new Set(families.flatMap(({ entries }) => entries.map(({ syntax }) => syntax)))
  const types = Object.values(definitions).filter(({ format }) => used.has(format))
  return table(
    ['Value', 'What it is'],
    types.map(({ format, description }) => [format, description]),
  )
}

const typeOf = schema => {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map(quoted).join(', ')
  if (schema.const !== undefined) return quoted(schema.const)
  if (schema.type === 'object') return `mapping of ${typeOf(schema.additionalProperties)}`
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`
  return [schema.type].flat().join(' or ')
}

/** The leaves of the values file, as rows with their dotted paths. */
function valueRows(schema, definitions, path = []) {
  const resolved = schema.$ref === undefined ? schema : { ...definitions[schema.$ref.split('/').pop()], ...schema }
  const objects = [resolved, ...(resolved.anyOf ?? [])].filter(({ properties }) => properties !== undefined)
  if (objects.length === 0) {
    const { description, default: value, chart = 'Not in the chart.' } = resolved
    const shown = value === undefined ? '' : quoted(value)
    return [[code(path.join('.')), typeOf(resolved), shown, cell(chart), cell(description)]]
  }
  return objects.flatMap(({ properties }) =>
    Object.entries(properties).flatMap(([name, child]) => valueRows(child, definitions, [...path, name])),
  )
}

/** Rows of what means nothing. Of several names all but the first stand at the end: a column is as wide as its widest cell. */
const nothingRows = nothing =>
  nothing.map(({ paths: [first, ...others], chart, why }) => [
    `${code(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`,
    '',
    '',
    chart,
    `Nothing. ${why}${others.length > 0 ? ` Also: ${others.map(code).join(', ')}.` : ''}`,
  ])

const valuesFile = (definitions, nothing) => `## Values file

\`--values\` takes the values file of the consul-k8s Helm chart as it is used there. An annotation outranks the values file, and the
values file outranks the defaults in this reference. What of it means nothing on a VM is left out, and named in a note, a line for each
row of this table; a key that the chart does not have is named too, with the one that was probably meant.

${table(
  ['Value', 'Type', 'Default', 'In the chart', 'On the VM'],
  [...valueRows(definitions.HelmValues, definitions), ...nothingRows(nothing)],
)}`

/** The whole reference, as Markdown. */
export function reference(families, definitions, nothing) {
  const verdicts = table(
    ['Verdict', 'The key'],
    Object.entries(VERDICTS).map(([verdict, meaning]) => [`**${verdict}**`, meaning]),
  )
  const contents = families.map(({ title, intro }) => `- ${link(title, title)}: ${firstSentence(intro)}`)
  return `${[
    INTRO.trimEnd(),
    '## Contents',
    [
      ...contents,
      `- ${link('Networks and platforms', 'Networks and platforms')}: What is left alone, and what was run for real.`,
      `- ${link('Values', 'Values')}: How values are written.`,
      `- ${link('Values file', 'Values file')}: What a Helm values file means on a VM, key by key.`,
      `- ${link('Packages', 'Packages')}: Where Consul and Envoy come from, which go together, and what happens on a bad day.`,
    ].join('\n'),
    '## Verdicts',
    verdicts,
    SINCE.trimEnd(),
    ...families.map(familySection),
    networks(table),
    '## Values',
    syntaxes(families, definitions),
    valuesFile(definitions, nothing),
    packagesSection(table),
  ].join('\n\n')}\n`
}
