/**
 * Makes everything that is derived from the types in annotations/: its schema.json and README.md and the tables of the guest's
 * plan_annotations.py, which are committed, and the modules under generated/, which are not. `--check` writes nothing and exits 1
 * naming the committed files that differ from what the types give.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Ajv from 'ajv'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { createFormatter, createParser, createProgram, DEFAULT_CONFIG, SchemaGenerator } from 'ts-json-schema-generator'
import { reference } from './annotations-reference.mjs'
import { addressesModule } from './networks-reference.mjs'
import { withPlanTables } from './plan-tables.mjs'

const root = new URL('../../', import.meta.url)
const VERDICTS = ['applies', 'maps', 'warn', 'reject']
const NOTICE = '// Made by src/build/annotations.mjs from the types in annotations/. Do not edit.'

const config = {
  ...DEFAULT_CONFIG,
  path: fileURLToPath(new URL('annotations/index.ts', root)),
  skipTypeCheck: true,
  extraTags: ['verdict', 'helm', 'since', 'vm', 'aliasOf', 'needs', 'chart', 'brief', 'instead', 'unless'],
}
const program = createProgram(config)

/** The definitions that an interface needs, itself among them. */
function definitionsOf(name, additionalProperties) {
  const settings = { ...config, additionalProperties }
  const generator = new SchemaGenerator(program, createParser(program, settings), createFormatter(settings), settings)
  return generator.createSchema(name).definitions
}

/** Names and files of the families: what `ConsulAnnotations` extends, in that order. */
function familiesInOrder() {
  const { statements } = program.getSourceFile(config.path)
  const files = new Map(
    statements
      .filter(statement => statement.importClause !== undefined)
      .flatMap(({ importClause, moduleSpecifier }) =>
        importClause.namedBindings.elements.map(({ name }) => [name.text, moduleSpecifier.text]),
      ),
  )
  const all = statements.find(({ name }) => name?.text === 'ConsulAnnotations')
  return all.heritageClauses[0].types.map(({ expression: { text } }) => ({
    name: text,
    file: files.get(text).replace(/^\.\/(.*)\.ts$/, '$1'),
  }))
}

const refName = ({ $ref }) => decodeURIComponent($ref).replace('#/definitions/', '')
const unwrap = text => text.replace(/\s*\n\s*/g, ' ').trim()

/** One key of a family, as the reference and the table need it. `key` is whole, with its star. */
function entryOf(key, property, family, definitions) {
  const fail = what => {
    throw new Error(`annotations/${family}.ts: ${key} ${what}`)
  }
  const { description, verdict, since, vm, helm, aliasOf, needs } = property
  if (property.$ref === undefined) fail('needs a type of values.ts or network-values.ts')
  const { format } = definitions[refName(property)]
  if (format === undefined) fail(`has the type ${refName(property)}, which has no @format`)
  if (!VERDICTS.includes(verdict)) fail(`needs a @verdict of ${VERDICTS.join(', ')}`)
  for (const [tag, value] of Object.entries({
    summary: description,
    since,
    vm,
    'example in quotes': property.examples,
  })) {
    if (value === undefined) fail(`needs a ${tag}`)
  }
  if (typeof (property.default ?? '') !== 'string') fail('needs its @default in quotes: annotations are strings')
  return {
    key,
    family,
    verdict,
    syntax: format,
    summary: unwrap(description),
    vm: unwrap(vm),
    since,
    ...(property.default !== undefined && { default: property.default }),
    ...(helm !== undefined && { helm }),
    example: property.examples[0],
    ...(aliasOf !== undefined && { aliasOf }),
    ...(needs !== undefined && { needs }),
  }
}

/** `service-meta-*` as a pattern for property names. */
const patternOf = key =>
  `^${key
    .split('*')
    .map(part => part.replace(/[.\\/+?()[\]{}|^$-]/g, found => (/[-/]/.test(found) ? found : `\\${found}`)))
    .join('.+')}$`.replace(/\.\+\$$/, '')

function model() {
  const definitions = {}
  const properties = {}
  const patternProperties = {}
  const families = familiesInOrder().map(({ name, file }) => {
    const { [name]: family, ...others } = definitionsOf(name, false)
    Object.assign(definitions, others)
    const entries = Object.entries(family.properties).map(([key, property]) => {
      const entry = entryOf(key, property, file, others)
      const target = key.includes('*') ? patternProperties : properties
      target[key.includes('*') ? patternOf(key) : key] = { ...property, description: entry.summary, vm: entry.vm }
      return entry
    })
    // The generator joins the lines of a table.
    const intro = family.description?.replaceAll('| |', '|\n|')
    return { name: file, title: family.title, intro, entries }
  })
  const { HelmValues, ...helmDefinitions } = definitionsOf('HelmValues', true)
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $ref: '#/definitions/ConsulAnnotations',
    definitions: {
      ConsulAnnotations: { type: 'object', properties, patternProperties, additionalProperties: false },
      HelmValues,
      ...definitions,
      ...helmDefinitions,
    },
  }
  return { schema, families }
}

/** The schema without what only people and the grammars read; unknown keywords that remain make ajv throw. */
function bare(value, named = false) {
  if (Array.isArray(value)) return value.map(item => bare(item))
  if (typeof value !== 'object' || value === null) return value
  const bounds = value.type === 'string' ? ['minimum', 'maximum'] : []
  const prose = ['title', 'description', 'default', 'examples', ...bounds, ...config.extraTags]
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => named || !prose.includes(key))
      .map(([key, child]) => [key, bare(child, !named && /^(definitions|(patternP|p)roperties)$/.test(key))]),
  )
}

/** The check of a values file. Annotations are checked by their table and grammars, which a test holds against the schema. */
function validator(schema) {
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    validateFormats: false,
    inlineRefs: false,
    code: { esm: true, source: true, lines: true },
  })
  ajv.addSchema(bare(schema), 'model')
  const code = standaloneCode(ajv, { validateHelmValues: 'model#/definitions/HelmValues' })
  if (/\brequire\(|\bimport\b/.test(code)) throw new Error('the validator needs something at run time')
  const body = code.replace('"use strict";', '').replace(/^export const (\w+) =/gm, 'export const $1: SchemaCheck =')
  return `// @ts-nocheck
${NOTICE}

/** One way in which a value differs from the schema, as ajv tells it. */
export interface SchemaFault {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

/** Tells whether a value is as the schema wants it. All faults of the last call are in \`errors\`, null when there are none. */
export interface SchemaCheck {
  (data: unknown): boolean
  errors?: readonly SchemaFault[] | null
}
${body.trimEnd()}
`
}

const tableOf = families => {
  const rows = families
    .flatMap(({ entries }) => entries)
    .map(({ key, ...rest }) => {
      const [stem, suffix] = key.split('*')
      return `  ${JSON.stringify({ key: stem, prefix: suffix !== undefined, ...(suffix && { suffix }), ...rest })},`
    })
  return `${NOTICE}
import type { AnnotationRow } from '../row.ts'

/** Every annotation of the model, family by family. */
export const ANNOTATIONS: readonly AnnotationRow[] = [
${rows.join('\n')}
]
`
}

/** Dotted paths of the Helm values that the model knows. */
function helmPaths(definitions, node = definitions.HelmValues, path = '') {
  const branches = (node.anyOf ?? [node]).map(branch => (branch.$ref ? definitions[refName(branch)] : branch))
  const inner = branches.flatMap(({ properties }) => Object.entries(properties ?? {}))
  if (inner.length === 0) return [path]
  return inner.flatMap(([key, child]) => helmPaths(definitions, child, path === '' ? key : `${path}.${key}`))
}

/** `client.{grpc,join}` -> the paths that it stands for. */
const pathsOf = pattern => {
  const [, before, names, after] = /^(.*?)\{(.*)\}(.*)$/.exec(pattern) ?? []
  return names === undefined ? [pattern] : names.split(',').map(name => before + name + after)
}

/** What of the chart's values means nothing on a VM, row by row. */
const nothingOf = () =>
  Object.entries(definitionsOf('HelmNothing', true).HelmNothing.properties).map(([pattern, property]) => ({
    paths: pathsOf(pattern),
    chart: unwrap(property.chart),
    why: unwrap(property.description),
    brief: unwrap(property.brief),
    ...(property.instead !== undefined && { instead: unwrap(property.instead) }),
    ...(property.unless !== undefined && { unless: JSON.parse(property.unless) }),
  }))

const constant = (name, type, value) => `${NOTICE}\nexport const ${name}: ${type} = ${value}\n`
/** Bounds of the numbers that values mean, by syntax. */
const rangesOf = definitions =>
  Object.values(definitions).flatMap(({ type, format, minimum, maximum }) =>
    type === 'string' && minimum !== undefined ? [[format, [minimum, maximum]]] : [],
  )

const PLAN_ANNOTATIONS = 'userdata-templates/guest/plan_annotations.py'

const current = name => {
  try {
    return readFileSync(new URL(name, root), 'utf8')
  } catch {
    return undefined
  }
}

const { schema, families } = model()
const ranges = rangesOf(schema.definitions)
const nothing = nothingOf()
const committed = {
  'annotations/schema.json': `${JSON.stringify(schema, null, 2)}\n`,
  'annotations/README.md': reference(families, schema.definitions, nothing),
  [PLAN_ANNOTATIONS]: withPlanTables(current(PLAN_ANNOTATIONS) ?? '', families, ranges),
}
const changed = files => Object.entries(files).filter(([name, text]) => current(name) !== text)

if (process.argv.includes('--check')) {
  for (const [name] of changed(committed)) {
    process.exitCode = 1
    process.stderr.write(`${name} is stale: run npm run generate\n`)
  }
} else {
  mkdirSync(new URL('annotations/generated/', root), { recursive: true })
  const paths = JSON.stringify(helmPaths(schema.definitions))
  const generated = {
    'annotations/generated/addresses.ts': addressesModule(NOTICE),
    'annotations/generated/table.ts': tableOf(families),
    'annotations/generated/validate.ts': validator(schema),
    'annotations/generated/schema.ts': constant(
      'SCHEMA',
      'string',
      JSON.stringify(committed['annotations/schema.json']),
    ),
    'annotations/generated/helm-paths.ts': constant('HELM_PATHS', 'readonly string[]', paths),
    'annotations/generated/helm-nothing.ts': constant(
      'HELM_NOTHING',
      '\n  readonly { readonly paths: readonly string[]; readonly brief: string; readonly instead?: string; readonly unless?: boolean }[]',
      JSON.stringify(nothing.map(({ paths, brief, instead, unless }) => ({ paths, brief, instead, unless }))),
    ),
    'annotations/generated/ranges.ts': constant(
      'RANGES',
      `{ readonly [syntax in ${ranges.map(([name]) => `'${name}'`).join(' | ')}]: readonly [least: number, most: number] }`,
      JSON.stringify(Object.fromEntries(ranges)),
    ),
  }
  for (const [name, text] of changed({ ...committed, ...generated })) writeFileSync(new URL(name, root), text)
}
