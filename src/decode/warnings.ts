import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'
import { foreignOf } from './foreign.ts'
import { isGzip } from './gzip.ts'
import type { Document, UserData } from './user-data.ts'

/** Whether bytes are text of two or four bytes a character: by their mark, or by the zeros of a line that is ASCII. */
const isWide = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) ||
  (bytes[0] === 0xfe && bytes[1] === 0xff) ||
  (bytes[0] === 0x23 && bytes[1] === 0) ||
  (bytes[0] === 0 && [bytes[1], bytes[3]].includes(0x23))

/** What documents begin with that were meant to be something. */
const HINTS: readonly (readonly [shape: RegExp, hint: string])[] = [
  [/^#\s*template:|^##\s*template:/i, 'the first line must read exactly `## template: jinja`'],
  [
    /^[ \t]*(?:mime-version|content-type)[ \t]*:/im,
    'a MIME document begins at once with its headers, `MIME-Version: 1.0` among them, without a blank line above or between them',
  ],
]
/** Characters that are looked at. */
const HEAD = 1024

const hintFor = (text: string): string =>
  text.startsWith('\uFEFF')
    ? 'save the file without a byte order mark'
    : (HINTS.find(([shape]) => shape.test(text.slice(0, HEAD)))?.[1] ??
      'begin it with a line such as `#cloud-config` or `#!/bin/sh`')

/** What a template may render to; of what begins with an expression nobody knows. */
const RENDERED: ReadonlySet<string> = new Set(['cloud-config', 'cloud-config-jsonp', 'script', 'empty'])
const EXPRESSION = /^[^\n]*\n\s*\{[{%#]/

/** A template that cloud-init renders and then drops, for what it renders to does not begin as a script or a cloud-config does. */
const isDropped = ({ source, start, end, format, renders }: Document): boolean =>
  format === 'jinja' &&
  !RENDERED.has(renders) &&
  !EXPRESSION.test(source.text.slice(start, Math.min(start + HEAD, end)))

const droppedTemplate = ({ source, start, end }: Document): Diagnostic =>
  diagnostic('W101', 'cloud-init renders this template and will ignore it: what comes of it begins with no header', {
    span: spanOf(source, start, Math.min(start + 1, end)),
    hint: 'write `#cloud-config` or a line such as `#!/bin/sh` right below `## template: jinja`, and comments below that',
  })

/** What cloud-init will not take, and what is for another program or machine: said before it is shipped. */
export function warningsOf(userData: UserData): readonly Diagnostic[] {
  const { format, charset, source, bytes, mime, wrappings } = userData
  const found: Diagnostic[] = []
  const span = spanOf(source, 0, Math.min(source.text.length, Math.max(source.text.search(/\r?\n|$/), 1)))
  if (isWide(bytes)) {
    const hint = 'save the file as UTF-8'
    return [diagnostic('E105', `${source.name} is in UTF-16 or UTF-32, which cloud-init does not read`, { hint })]
  }
  const foreign = foreignOf(userData)
  if (foreign !== undefined) found.push(diagnostic(foreign.code, foreign.message, { span, hint: foreign.hint }))
  if (foreign?.code === 'W102') return found
  // Of what begins like gzip and does not unpack it was said.
  const twice = isGzip(bytes) && wrappings.some(({ kind }) => kind === 'gzip')
  // Lines that begin with a space go on with the header above them: indented to the end, a MIME document has headers only, and none.
  const swallowed = format === 'empty' && mime !== undefined && /\S/.test(source.text)
  if (swallowed || (format === 'unknown' && (twice || !isGzip(bytes)))) {
    const hint = twice ? 'it is in gzip twice: compress it once' : hintFor(source.text)
    found.push(diagnostic('W101', 'cloud-init does not recognise this document and will ignore it', { span, hint }))
  }
  found.push(...userData.documents.filter(isDropped).map(droppedTemplate))
  if (format === 'mime' && charset === 'latin1') {
    found.push(
      diagnostic('W104', 'this MIME document is not UTF-8: cloud-init stops at it and applies nothing', {
        span,
        hint: 'encode the parts as base64',
      }),
    )
  }
  const beyond = mime === undefined || charset === 'latin1' ? -1 : source.text.search(/[^\x00-\x7f]/)
  if (beyond >= 0) {
    found.push(
      diagnostic(
        'W105',
        'cloud-init damages characters outside ASCII in a MIME document, and may drop the part they stand in',
        {
          span: spanOf(source, beyond, beyond + 1),
          hint: 'encode the part as base64',
        },
      ),
    )
  }
  return found
}
