import type { CarriedFiles, CarriedRange } from '../decode/injection/carried-files.ts'
import type { Replacement } from '../decode/text-range.ts'
import type { EarlierInjection } from '../decode/user-data.ts'

const OUR_BOUNDARY = /^(==consul-vm-inject-)[0-9a-f]+(==)$/

/** The digest in a boundary of ours is of no use to a reader; it stands in the header as it is. */
function delimiters({ mime, source: { text } }: EarlierInjection['carrier']): readonly Replacement[] {
  const { boundary = '', children = [], closing } = mime ?? {}
  const words = boundary.replace(OUR_BOUNDARY, '$1…$2')
  if (words === boundary) return []
  const lines = [...children.map(({ delimiter }) => delimiter), ...(closing === undefined ? [] : [closing])]
  return lines
    .map(line => ({ start: line + 2, end: line + 2 + boundary.length, words }))
    .filter(({ start, end }) => text.slice(start, end) === boundary)
}

/** What is said in place of the contents of files, in the shape of their lines: they are shown by themselves. */
function said(
  text: string,
  { start, end, files, packed }: CarriedRange,
  layout: EarlierInjection['layout'],
): Replacement {
  const raw = text.slice(start, end)
  if (layout === 'multipart') {
    const count = `${files.length} file${files.length === 1 ? '' : 's'}`
    return {
      start,
      end,
      words: packed ? `(${count}, ${raw.length} characters: named below)` : `(${raw.length} characters: shown below)`,
    }
  }
  const words = `(${files[0]?.content.length} characters: ${packed ? 'named' : 'shown'} below)`
  return { start, end, words: raw.includes('\n') ? `${/^ */.exec(raw)?.[0]}${words}\n` : words }
}

/** What of an injected text a reader cannot read or need not, and what is said in its place. In order. */
export function elided({ carrier, layout }: EarlierInjection, { ranges }: CarriedFiles): readonly Replacement[] {
  const files = ranges.map(range => said(carrier.source.text, range, layout))
  return [...delimiters(carrier), ...files].sort((a, b) => a.start - b.start)
}
