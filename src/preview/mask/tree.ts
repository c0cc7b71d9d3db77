import { readYaml } from '../../decode/yaml.ts'
import { followed, type YamlEntry, type YamlNode, type YamlScalar } from '../../decode/yaml-node.ts'
import { isPlaceOfSecret, isSecretFile, isSecretName } from './names.ts'
import { linesWithOffsets, moved, type Range } from './range.ts'

/** The other ways of finding secrets in a text. */
export type SecretFinder = (text: string) => readonly Range[]

const textOf = (node: YamlNode | undefined): string => {
  const at = followed(node)
  return at?.kind === 'scalar' ? at.text : ''
}

/** A template as YAML of the same length: expressions are words, statements and comments are comments. */
const withoutJinja = (text: string): string =>
  text
    .replace(/\{\{(?:(?!\{\{)[\s\S])*?\}\}/g, found => found.replace(/[^\n]/g, 'x'))
    .replace(/\{[%#](?:(?!\{[%#])[\s\S])*?[%#]\}/g, found => found.replace(/[^\n]/g, ' ').replace(/^ /, '#'))

/** Looks for secrets in what a YAML document says, whatever its quoting, style and line breaks. */
class Search {
  readonly ranges: Range[] = []
  private readonly hidden = new Set<YamlNode>()
  private readonly text: string
  private readonly find: SecretFinder

  constructor(text: string, find: SecretFinder) {
    this.text = text
    this.find = find
  }

  visit(node: YamlNode | undefined): void {
    if (node?.kind === 'scalar') this.scalar(node)
    if (node?.kind === 'sequence') this.sequence(node.items)
    if (node?.kind !== 'mapping') return
    for (const entry of node.entries) this.entry(entry, node.entries)
  }

  private entry({ key, value }: YamlEntry, siblings: readonly YamlEntry[]): void {
    const name = textOf(key)
    const siblingValue = (names: RegExp): string =>
      textOf(siblings.find(sibling => sibling.key !== key && names.test(textOf(sibling.key)))?.value)
    const named = isSecretName(name) && !isPlaceOfSecret(name, textOf(value))
    const file = /^contents?$/.test(name) && isSecretFile(siblingValue(/^(?:path|file|filename|dest|name)$/))
    // A list of variables: {name: DB_PASSWORD, value: x}.
    const variable = /^(?:value|default)$/.test(name) && isSecretName(siblingValue(/^(?:name|key|env|variable)$/))
    this.visit(key)
    if (named || variable || (file && !/^\s*#!/.test(textOf(value)))) this.hide(value)
    else this.visit(value)
  }

  /** All that a node says is a secret, but for switches; what it stands for elsewhere too. */
  private hide(node: YamlNode | undefined): void {
    if (node === undefined || this.hidden.has(node)) return
    this.hidden.add(node)
    if (node.kind === 'alias') this.hide(node.target)
    if (node.kind === 'sequence') for (const item of node.items) this.hide(item)
    if (node.kind === 'mapping') {
      for (const { key, value } of node.entries) {
        if (!/^[\w.-]*$/.test(textOf(key))) this.hide(key)
        this.hide(value)
      }
    }
    if (node.kind === 'scalar' && node.type !== 'bool' && node.type !== 'null') this.ranges.push([node.start, node.end])
  }

  /** A list may be a command, each word an item. */
  private sequence(items: readonly YamlNode[]): void {
    let line = ''
    const places = items.map(item => {
      const start = line.length + 1
      line += ` ${textOf(item).replace(/\n/g, ' ')}`
      return [start, line.length] as const
    })
    const found = items.length > 1 ? this.find(line) : []
    items.forEach((item, index) => {
      const [start, end] = places[index] ?? [0, 0]
      if (end > start && found.some(range => range[0] < end && range[1] > start)) this.hide(item)
      else this.visit(item)
    })
  }

  private scalar({ start, end, text, style }: YamlScalar): void {
    const raw = this.text.slice(start, end)
    const block = style === 'literal' || style === 'folded'
    // A document inside the document: as it stands, with its indentation.
    if (block) for (const range of moved(secretsInTree(raw, this.find), start)) this.ranges.push(range)
    // Escapes and folded lines hide what is found in the value only.
    const folded = block ? style === 'folded' : /[\n\\]|''/.test(raw)
    if (folded && this.find(text).length > 0) this.ranges.push([start, end])
  }
}

/** Documents of a YAML stream: the text between the lines `---`. */
function documentsOf(text: string): readonly (readonly [at: number, document: string])[] {
  const marks = linesWithOffsets(text).filter(([, line]) => /^(?:---|\.\.\.)(?:\s|$)/.test(line))
  const starts = [0, ...marks.map(([at]) => at + 3)]
  return starts.map((start, index) => [start, text.slice(start, marks[index]?.[0] ?? text.length)] as const)
}

/** Documents of a stream that are read one by one. With more of them it is no YAML that anybody wrote, and its lines say enough. */
const MOST_DOCUMENTS = 1000

/** Secrets of a YAML document by the names of its keys: exact where the lines are not, silent where it is not YAML. */
export function secretsInTree(text: string, find: SecretFinder): readonly Range[] {
  const documents = documentsOf(withoutJinja(text))
  if (documents.length > MOST_DOCUMENTS) return []
  return documents.flatMap(([at, document]) => {
    const yaml = readYaml(document)
    const search = new Search(document, find)
    // A text that is one scalar is no YAML: a script, say.
    if (yaml.ok && yaml.root?.kind !== 'scalar') search.visit(yaml.root)
    return moved(search.ranges, at)
  })
}
