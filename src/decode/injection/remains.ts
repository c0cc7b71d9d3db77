import { without } from '../text-range.ts'
import { bytesOf, type UserData } from '../user-data.ts'
import { headerLines } from './carrier.ts'
import { COMMENTED, MARK } from './marks.ts'
import { edited, type Opened } from './opened.ts'

/**
 * What is left of an injection in a message whose headers bear a mark that nobody can read any more, or that has no parts: somebody
 * edited them. It is no document to inject: the mark of it would be taken for that of the new injection.
 */
export function openRemains({ mime, source, charset }: UserData): Opened | undefined {
  const mark = mime?.headers.get(MARK.toLowerCase())
  if (mime === undefined || mark === undefined) return undefined
  const heads = [MARK, COMMENTED].flatMap(name => headerLines(source.text, mime, name))
  const bytes = bytesOf(
    without(
      source.text,
      heads.sort((a, b) => a.start - b.start),
    ),
    charset,
  )
  const [version = 'unknown'] = /^[\d.]+/.exec(mark) ?? []
  return {
    version,
    layout: 'multipart',
    own: [],
    edits: [edited('the injected parts are gone', source, mime.start)],
    bytes,
  }
}
