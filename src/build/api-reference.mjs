/**
 * What the library exports, read from the declarations that tsc has emitted: the reference in src/api/README.md, and the types that a
 * public signature names and index.ts does not export. TypeScript 7 has no such interface yet; ts-json-schema-generator brings one that has.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const ts = createRequire(import.meta.resolve('ts-json-schema-generator'))('typescript')
const INDEX = fileURLToPath(new URL('dist/src/index.d.ts', root))

const program = ts.createProgram([INDEX], {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: [],
  strict: true,
})
const checker = program.getTypeChecker()
const whole = symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)

/** Every export by its public name, in the order of index.ts. */
const EXPORTS = checker
  .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(INDEX)))
  .map(symbol => ({ name: symbol.name, symbol: whole(symbol), declarations: whole(symbol).declarations ?? [] }))

const isOurs = ({ declarations: [first] = [] }) =>
  first?.getSourceFile().fileName.includes('/dist/') === true && !ts.isTypeParameterDeclaration(first)

/** Types that a declaration names, by symbol. */
function namesIn(node, found = new Set()) {
  if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
    const symbol = checker.getSymbolAtLocation(ts.isTypeReferenceNode(node) ? node.typeName : node.expression)
    if (symbol !== undefined && isOurs(whole(symbol))) found.add(whole(symbol))
  }
  ts.forEachChild(node, child => void namesIn(child, found))
  return found
}

/** Types that stand in the signature of what is exported and are not exported themselves: `InjectResult: Decision`. */
export function unexported() {
  const known = new Set(EXPORTS.map(({ symbol }) => symbol))
  return EXPORTS.flatMap(({ name, declarations }) =>
    declarations.flatMap(node => [...namesIn(node)].filter(one => !known.has(one)).map(one => `${name}: ${one.name}`)),
  )
}

/** Declarations of dependencies that those of the library name. */
export const dependencies = () =>
  program
    .getSourceFiles()
    .filter(file => !program.isSourceFileDefaultLibrary(file) && file.fileName.includes('/node_modules/'))
    .map(({ fileName }) => fileName.replace(/^.*\/node_modules\//, ''))

const textOf = symbol =>
  ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\s*\n\s*/g, ' ')
    .trim()
const cell = text => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
const printed = node => node.getText().replace(/^(?:export\s+)?(?:declare\s+)?/, '')
const withoutComments = text => text.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')

/** The members of an interface, those included that it extends. */
function members(symbol) {
  const rows = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map(property => {
    const [node] = property.declarations
    const optional = property.flags & ts.SymbolFlags.Optional ? '?' : ''
    return [`\`${property.name}${optional}\``, `\`${cell(node.type?.getText() ?? '')}\``, cell(textOf(property))]
  })
  return rows.length === 0 ? '' : table([['Name', 'Type', 'What it is'], ...rows])
}

/** A table in Markdown. */
const table = ([head, ...rows]) =>
  `${[head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')}\n`

const isFunction = ({ symbol: { flags }, declarations: [node] }) =>
  (flags & ts.SymbolFlags.Function) !== 0 || (node?.type !== undefined && ts.isFunctionTypeNode(node.type))

/** A function or a constant: its declarations as they are, and what stands above them. */
function valueEntry({ name, symbol, declarations }) {
  const code = declarations.map(node => withoutComments(printed(ts.isVariableDeclaration(node) ? node.parent : node)))
  return `### ${name}\n\n${textOf(symbol)}\n\n\`\`\`ts\n${code.join('\n')}\n\`\`\`\n`
}

function typeEntry({ name, symbol, declarations: [node] }) {
  const words = textOf(symbol)
  const head = `### ${name}\n\n${words === '' ? '' : `${words}\n\n`}`
  if (ts.isInterfaceDeclaration(node)) return head + members(symbol)
  return `${head}\`\`\`ts\n${withoutComments(printed(node))}\n\`\`\`\n`
}

/** The reference in Markdown: functions, constants, types. */
export function reference() {
  const values = EXPORTS.filter(({ symbol: { flags } }) => (flags & ts.SymbolFlags.Value) !== 0)
  const types = EXPORTS.filter(one => !values.includes(one))
  const sections = [
    ['Functions', values.filter(isFunction), valueEntry],
    ['Constants', values.filter(one => !isFunction(one)), valueEntry],
    ['Types', types, typeEntry],
  ]
  return sections
    .map(([title, list, entry]) => {
      const sorted = [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
      return `## ${title}\n\n${sorted.map(entry).join('\n')}`
    })
    .join('\n')
}
