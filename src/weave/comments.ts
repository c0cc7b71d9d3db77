import { COMMENT, type CommentedLines, digestOfLines } from '../decode/injection/commented.ts'
import { replaced } from '../decode/text-range.ts'
import type { Document, UserData } from '../decode/user-data.ts'
import { readYaml } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import { lineOf } from '../report/source.ts'

/** A text with comments made of the lines that begin at these offsets. */
export const withComments = (text: string, offsets: readonly number[]): string =>
  replaced(
    text,
    offsets.map(offset => ({ start: offset, end: offset, words: COMMENT })),
  )

/** cloud-init warns of a cloud-config without any key, not of an empty mapping: what makes it one. */
function emptyMapping(text: string): string {
  const yaml = readYaml(text)
  // Behind the end of a document it would be another one.
  if (!yaml.ok || toData(yaml.root) !== null || /^\.\.\.\s/m.test(text)) return ''
  return text.endsWith('\n') ? '{}\n' : '\n{}\n'
}

/** The operator's text with comments of some of its lines, and how to undo that. */
export interface Commenting {
  readonly text: string
  readonly lines: readonly CommentedLines[]
}

/** Makes comments of the lines that begin at these offsets, ascending, each in one of the documents. */
export function comment({ source, documents, format }: UserData, offsets: readonly number[]): Commenting {
  if (offsets.length === 0) return { text: source.text, lines: [] }
  const text = withComments(source.text, offsets)
  const appended = format === 'mime' ? '' : emptyMapping(text)
  let next = 0
  const linesOf = (document: Document, index: number): readonly CommentedLines[] => {
    const starts: number[] = []
    for (
      let at = offsets[next];
      document.source === source && at !== undefined && at < document.end;
      at = offsets[next]
    ) {
      starts.push(at)
      next++
    }
    if (starts.length === 0) return []
    const before = lineOf(source, document.start) - 1
    return [
      {
        document: index + 1,
        documents: documents.length,
        lines: starts.map(at => lineOf(source, at) - before),
        appended: appended.length,
        digest: digestOfLines(source, starts, 0),
      },
    ]
  }
  return { text: text + appended, lines: documents.flatMap(linesOf) }
}
