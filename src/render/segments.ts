import type { GuestFile } from './injection.ts'

/** A line that begins a segment; nothing else in one begins so. */
const HEADER = '=== '
/** What a segment cannot hold. */
const FOREIGN = /[^\t\n\x20-\x7e]/

/**
 * Guest files as segments: a header line with mode and path, then the content, up to the next header. The contents are ASCII, end with
 * a line feed, and have no line that could be a header: they are canonical JSON, settings and shell.
 */
export const segmentsOf = (files: readonly GuestFile[]): string =>
  files
    .map(({ path, mode, content, once }) => {
      const text = !FOREIGN.test(content) && content.endsWith('\n')
      if (!text || content.startsWith(HEADER) || content.includes(`\n${HEADER}`)) {
        throw new Error(`${path} cannot travel as a segment`)
      }
      return `${HEADER}${mode} ${path}${once ? ' once' : ''}\n${content}`
    })
    .join('')

/** Segments that were packed at build, as one segment. */
export const packedSegment = (packed: string): string => `${HEADER}packed\n${packed}\n`
