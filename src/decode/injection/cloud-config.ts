import { rangeOf, without } from '../text-range.ts'
import { bytesOf, type UserData } from '../user-data.ts'
import { injectedLinesIn } from './injected-lines.ts'
import { edited, type Opened } from './opened.ts'
import { restoreNumbered } from './restore-lines.ts'

/** Takes the injection out of one cloud-config; undefined when there is none in it. */
export function openCloudConfig(userData: UserData): Opened | undefined {
  const { source, charset } = userData
  const injected = injectedLinesIn(userData)
  const [first] = injected
  if (first === undefined) return undefined
  const edits = injected.flatMap(({ intact, mark }) => {
    if (intact === true) return []
    const gone = intact === undefined
    return [
      edited(
        gone ? 'the mark that ends the injected lines is gone' : 'the injected lines were edited by hand',
        source,
        mark,
      ),
    ]
  })
  const opened = { version: first.version, layout: 'cloud-config' as const, own: injected.map(rangeOf), edits }
  const bytes = bytesOf(without(source.text, injected), charset)
  if (first.commented === '') return { ...opened, bytes }
  const restored = restoreNumbered(bytes, first.commented)
  if (typeof restored !== 'string') return { ...opened, bytes: restored }
  return { ...opened, bytes, edits: [...edits, edited(restored, source, first.mark)] }
}
