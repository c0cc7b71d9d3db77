import type { YamlEntry, YamlNode } from './yaml-node.ts'

/** What js-yaml says of a line that stands too far left. */
export const TOO_SHALLOW = 'deficient indentation'

/** Between documents; PyYAML too lets none stand inside brackets and quotes. */
const MARKER = /(?:---|\.\.\.)(?:\s|$)/y

/** Deeper than brackets and quotes are nested in practice; a line that needs more is moved again. */
const BLANKS = ' '.repeat(40)
/** A line is moved after a reading each: of a long text not so many. */
const MOST_LINES = 500
const MOST_CHARACTERS = 50_000_000

/**
 * A text whose lines inside brackets and quotes are moved to the right one after the other, where js-yaml wants them. PyYAML lets them
 * stand as far left as they like, and of both the blanks before such a line are no part of a value.
 */
export class ShallowLines {
  #moved: string
  /** Where blanks were put, as offsets in the moved text, in order. */
  #places: number[] = []

  constructor(text: string) {
    this.#moved = text
  }

  get text(): string {
    return this.#moved
  }

  /** Moves the line of an offset, unless that was done too often. */
  move(offset: number): boolean {
    const count = this.#places.length
    if (count >= MOST_LINES || count * this.#moved.length > MOST_CHARACTERS) return false
    const line = this.#moved.lastIndexOf('\n', offset - 1) + 1
    MARKER.lastIndex = line
    if (MARKER.test(this.#moved)) return false
    this.#moved = this.#moved.slice(0, line) + BLANKS + this.#moved.slice(line)
    this.#places = [...this.#places.map(place => (place >= line ? place + BLANKS.length : place)), line]
    this.#places.sort((a, b) => a - b)
    return true
  }

  /** An offset in the text as it was given. */
  original(offset: number): number {
    const before = this.#places.filter(place => place < offset)
    const blanks = before.reduce((sum, place) => sum + Math.min(BLANKS.length, offset - place), 0)
    return offset - blanks
  }

  /** A node whose places are those in the text as it was given. */
  located<T extends YamlNode | undefined>(root: T): T {
    if (this.#places.length === 0 || root === undefined) return root
    const known = new Map<YamlNode, YamlNode>()
    const entry = ({ key, value }: YamlEntry): YamlEntry => ({ key: locate(key), value: locate(value) })
    const moved = <N extends YamlNode>(node: N): N => ({
      ...node,
      start: this.original(node.start),
      end: this.original(node.end),
    })
    const locate = (node: YamlNode): YamlNode => {
      const found = known.get(node)
      if (found !== undefined) return found
      const made = make(node)
      known.set(node, made)
      return made
    }
    const make = (node: YamlNode): YamlNode => {
      switch (node.kind) {
        case 'scalar':
          return moved(node)
        case 'alias':
          return { ...moved(node), target: node.target && locate(node.target) }
        case 'sequence':
          return { ...moved(node), items: node.items.map(locate) }
        case 'mapping':
          return { ...moved(node), entries: node.entries.map(entry) }
      }
    }
    return locate(root) as T
  }
}
