import type { Source } from '../report/source.ts'
import { formatOf, formatOfPart } from './format.ts'
import { type Document, documentOf, yamlOf } from './user-data.ts'
import { entryOf, followed } from './yaml-node.ts'

/** The documents in an archive, each a source of its own. */
function inArchive(document: Document): readonly Document[] {
  const yaml = yamlOf(document)
  const root = yaml.ok ? followed(yaml.root) : undefined
  if (root?.kind !== 'sequence') return []
  return root.items.flatMap((item, index) => {
    const node = followed(item)
    const content = node?.kind === 'mapping' ? followed(entryOf(node, 'content')?.value) : node
    if (content?.kind !== 'scalar') return []
    const source: Source = { name: `${document.source.name} (item ${index + 1})`, text: content.text }
    const type = followed(entryOf(node, 'type')?.value)
    const declared = type?.kind === 'scalar' ? type.text : undefined
    const seen = formatOf(content.text)
    const undeclared = seen === 'unknown' ? 'cloud-config' : seen
    const format = declared === undefined ? undeclared : formatOfPart(declared, content.text)
    return [documentOf(source, 0, content.text.length, format, false)]
  })
}

/** A document, or the documents in it where it is an archive. */
export const unarchived = (document: Document): readonly Document[] =>
  document.renders === 'cloud-config-archive' ? inArchive(document) : [document]
