import { followed, type YamlNode } from './yaml-node.ts'

/** A node as plain data, as PyYAML would load it; aliases are followed, the last of equal keys wins. */
export function toData(given: YamlNode | undefined): unknown {
  const node = followed(given)
  if (node === undefined) return null
  switch (node.kind) {
    case 'sequence':
      return node.items.map(toData)
    case 'mapping':
      return Object.fromEntries(
        node.entries.map(({ key, value }) => [key.kind === 'scalar' ? key.text : '', toData(value)]),
      )
    case 'scalar':
      if (node.type === 'null') return null
      if (node.type === 'bool') return /^(?:yes|true|on)$/i.test(node.text)
      if (node.type === 'int' && /^[-+]?(?:0|[1-9][0-9]*)$/.test(node.text)) return Number(node.text)
      if (node.type === 'float' && Number.isFinite(Number(node.text))) return Number(node.text)
      return node.text
  }
}
