import { digestOf } from '../decode/digest.ts'
import {
  COMMENTED,
  formatPartMark,
  GUEST_PART,
  MARK,
  type PartMark,
  partDigest,
  START_PART,
} from '../decode/injection/marks.ts'
import { leavesOf } from '../decode/mime.ts'
import type { UserData } from '../decode/user-data.ts'
import type { Injection } from '../render/injection.ts'
import { VERSION } from '../version.ts'

/** What our two parts carry. */
export type Scripts = Pick<Injection, 'boothook' | 'script'>

/** How our parts stand in a message. */
export interface Setting extends Pick<PartMark, 'ending'> {
  readonly newline: string
  /** The name of the script. */
  readonly start: string
  /** The operator's lines that are comments, as the header says them; empty when none are. */
  readonly commented: string
}

/** The name of the script where nothing of the operator's stands beside it. */
export const START: string = `zz${START_PART}`

/**
 * A name for the script that sorts after every script of the operator's: it begins with one more z than any of theirs. The names in an
 * archive stand somewhere in its text.
 */
export function startName({ mime, documents }: UserData): string {
  const names = mime === undefined ? [] : leavesOf(mime).flatMap(({ filename }) => filename ?? [])
  const archives = documents.filter(({ renders }) => renders === 'cloud-config-archive')
  const words = archives.flatMap(({ source, start, end }) => source.text.slice(start, end).match(/[\w./()-]+/g) ?? [])
  // As cloud-init stores them.
  const stored = [...names, ...words].map(name => name.replaceAll('/', '_').replace(/[^\w.()-]/g, ''))
  const count = stored.reduce((most, name) => Math.max(most, name.search(/[^z]|$/) + 1), 2)
  return 'z'.repeat(Math.min(count, 200)) + START_PART
}

/** A part of ours from its headers on, and what recognises it again. */
export interface OwnPart {
  readonly digest: string
  readonly text: string
}

function ownPart(contentType: string, filename: string, body: string, setting: Setting): OwnPart {
  const { newline, commented, ending } = setting
  const digest = partDigest({ contentType, filename, ending, commented, body })
  const lines = [
    `Content-Type: ${contentType}; charset="us-ascii"`,
    'Content-Transfer-Encoding: 7bit',
    `Content-Disposition: attachment; filename="${filename}"`,
    `${MARK}: ${formatPartMark({ version: VERSION, digest, ending })}`,
    ...(commented === '' ? [] : [`${COMMENTED}: ${commented}`]),
    '',
    body,
  ]
  return { digest, text: lines.map(line => line + newline).join('') }
}

/** Our parts, in their order. */
export const ownParts = ({ boothook, script }: Scripts, setting: Setting): readonly OwnPart[] => [
  ownPart('text/cloud-boothook', GUEST_PART, boothook, setting),
  ownPart('text/x-shellscript', setting.start, script, { ...setting, commented: '', ending: undefined }),
]

/** Our parts as one text, each with the line of the boundary before it. */
export const delimited = (parts: readonly OwnPart[], boundary: string, newline: string): string =>
  parts.map(({ text }) => `--${boundary}${newline}${text}`).join('')

/** A boundary that depends on nothing but the content, and stands nowhere in it. Of our parts their digests tell. */
export function boundaryFor(content: string, parts: readonly OwnPart[]): string {
  const known = parts.map(({ digest }) => `\n${digest}`)
  for (let round = 0; ; round++) {
    const boundary = `==consul-vm-inject-${digestOf(`${round}\n`, content, ...known)}==`
    if (!content.includes(boundary)) return boundary
  }
}
