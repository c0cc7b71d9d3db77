import { readYaml } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import type { YamlEntry, YamlMapping, YamlNode } from '../decode/yaml-node.ts'
import { lineOf, type Source, startsOfLines, textOfLine } from '../report/source.ts'

/**
 * Offsets of the lines of a top-level entry that have content and are no comments yet: from the line of its key to the line of the
 * next key, or to `end`.
 */
export function linesOfEntry(source: Source, from: number, next: number | undefined, end: number): readonly number[] {
  const starts = startsOfLines(source)
  const stop = next === undefined ? undefined : lineOf(source, next)
  const lines: number[] = []
  for (let line = lineOf(source, from); line !== stop && (starts[line - 1] ?? end) < end; line++) {
    const text = textOfLine(source, line) ?? ''
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(text)) break
    if (!/^\s*(?:#|$)/.test(text)) lines.push(starts[line - 1] ?? 0)
  }
  return lines
}

function walk(node: YamlNode, see: (node: YamlNode) => void): void {
  see(node)
  if (node.kind === 'sequence') for (const item of node.items) walk(item, see)
  if (node.kind === 'mapping') for (const { key, value } of node.entries) for (const one of [key, value]) walk(one, see)
}

/** An alias elsewhere of an anchor that stands inside entries which become comments. */
export function danglingAlias(root: YamlNode, cut: readonly YamlEntry[]): string | undefined {
  const inside = new Set<YamlNode>()
  for (const { key, value } of cut) for (const node of [key, value]) walk(node, one => inside.add(one))
  const anchors = new Set([...inside].map(({ anchor }) => anchor))
  let dangling: string | undefined
  walk(root, node => {
    if (node.kind === 'alias' && anchors.has(node.name) && !inside.has(node)) dangling ??= node.name
  })
  return dangling
}

/**
 * Whether a document says all the rest as before once the lines at these offsets are comments: the proof that the lines are those
 * of the entries, no more and no less.
 */
export function cutsCleanly(
  text: string,
  root: YamlMapping,
  cut: readonly YamlEntry[],
  offsets: readonly number[],
): boolean {
  const starts = [0, ...offsets.toSorted((a, b) => a - b)]
  const commented = starts.map((start, index) => text.slice(start, starts[index + 1])).join('# ')
  const yaml = readYaml(commented)
  const gone = new Set(cut)
  const rest = root.entries.filter(entry => !gone.has(entry))
  return yaml.ok && JSON.stringify(toData(yaml.root) ?? {}) === JSON.stringify(toData({ ...root, entries: rest }))
}
