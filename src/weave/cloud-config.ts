import { writeFiles } from '../../userdata-templates/generated/envelopes.ts'
import { START_SCRIPT } from '../decode/injection/carried-files.ts'
import { COMMENT, formatLines } from '../decode/injection/commented.ts'
import { brokenMergeHow } from '../decode/merge-how.ts'
import { type Replacement, replaced } from '../decode/text-range.ts'
import { bytesOf, type Document, type UserData, yamlOf } from '../decode/user-data.ts'
import { readYaml } from '../decode/yaml.ts'
import { entryOf, followed, type YamlMapping, type YamlNode } from '../decode/yaml-node.ts'
import type { GuestFile, Injection } from '../render/injection.ts'
import { type Code, type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { lineOf, spanOf } from '../report/source.ts'
import { withComments } from './comments.ts'
import { type InsertionPoint, insertionPoint } from './insertion-point.ts'
import { type LineShape, markedLines, type Newline } from './marked-lines.ts'
import { preserves } from './proof.ts'
import type { Woven } from './woven.ts'

/** One entry of write_files. */
type Entry = Pick<GuestFile, 'path' | 'mode' | 'content' | 'gzipped'>

/** The keys that one cloud-config needs to bring the sidecar, and the module of cloud-init that each depends on. */
const KEYS = ['write_files', 'runcmd'] as const
const MODULES = [
  ['cloud_init_modules', 'write_files'],
  ['cloud_config_modules', 'runcmd'],
  ['cloud_final_modules', 'scripts_user'],
] as const

/** An entry's lines: the content as it is, or in gzip where it was packed at build. */
function entryLines({ path, mode, content, gzipped }: Entry): object {
  const lines = gzipped === undefined ? content.replace(/\n$/, '').split('\n') : (gzipped.match(/.{1,120}/g) ?? [])
  return { path, mode, packed: gzipped !== undefined, lines }
}

const HINT = 'use --layout multipart, or fix the document here'
const refuse = (code: Code, document: Document, why: string, start: number, end: number): Diagnostic =>
  diagnostic(code, `the injection cannot be written into this cloud-config: ${why}`, {
    span: spanOf(document.source, document.start + start, document.start + Math.max(end, start + 1)),
    hint: HINT,
  })

/** Lists of modules that the operator sets, without one that this layout needs. */
function missingModules(document: Document, root: YamlMapping): readonly Diagnostic[] {
  const plain = (node: YamlNode | undefined): string => (node?.kind === 'scalar' ? node.text.replaceAll('-', '_') : '')
  const nameOf = (item: YamlNode): string => {
    const node = followed(item)
    return plain(node?.kind === 'sequence' ? followed(node.items[0]) : node)
  }
  return MODULES.flatMap(([key, module]) => {
    const entry = entryOf(root, key)
    const list = followed(entry?.value)
    if (entry === undefined || (list?.kind === 'sequence' && list.items.some(item => nameOf(item) === module)))
      return []
    return [refuse('E405', document, `${key} leaves out the module ${module}`, entry.key.start, entry.key.end)]
  })
}

/** The document and the mapping that can be spliced; or why there is none. */
function spliceable({ documents, format, source }: UserData): Document | Diagnostic {
  const [document] = documents
  if (document === undefined || format !== 'cloud-config') {
    const what = format === 'empty' ? 'empty' : format === 'unknown' ? 'no user-data' : `of the format ${format}`
    return diagnostic('E404', `--layout cloud-config takes one cloud-config, and this document is ${what}`, {
      span: spanOf(source, 0, Math.min(source.text.length, Math.max(1, source.text.search(/\r?\n|$/)))),
      hint: 'use --layout multipart, which takes every format',
    })
  }
  if (!document.isUtf8) return refuse('E406', document, 'it is not UTF-8', 0, 1)
  const yaml = yamlOf(document)
  if (!yaml.ok) return refuse('E406', document, `it is not YAML: ${yaml.message}`, yaml.offset, yaml.offset + 1)
  if (yaml.documents > 1) return refuse('E406', document, 'it holds several YAML documents', 0, 1)
  const root = yaml.root
  if (root === undefined || (root.kind === 'scalar' && root.type === 'null')) {
    const end = /^\.\.\.(?:\s|$)/m.exec(source.text.slice(document.start))
    return end === null ? document : refuse('E401', document, 'it ends before it begins', end.index, end.index + 3)
  }
  if (root.kind !== 'mapping') return refuse('E406', document, 'its root is no mapping', root.start, root.end)
  const merging = brokenMergeHow(root)
  if (merging !== undefined) {
    return refuse('E406', document, 'cloud-init will drop it for its merge_how', merging.key.start, merging.key.end)
  }
  const aliased = root.entries.find(({ key }) => key.kind === 'alias')?.key
  if (aliased !== undefined) return refuse('E401', document, 'a key of it is an alias', aliased.start, aliased.end)
  if (root.flow) return refuse('E401', document, 'its root is a flow mapping ({...})', root.start, root.start + 1)
  return document
}

/** What goes where: lines of ours at an offset of the operator's text. */
interface Splice extends Pick<LineShape, 'indent' | 'flow'> {
  readonly offset: number
  readonly lines: readonly string[]
}

/** The lines of a key's items: as a block, or as items of a flow list. */
function itemsOf(key: (typeof KEYS)[number], { files, script, enable }: Injection, flow: boolean): readonly string[] {
  if (key === 'runcmd') return [`${flow ? '' : '- '}[systemctl, ${enable.join(', ')}]${flow ? ',' : ''}`]
  const entries = [...files, { path: START_SCRIPT, mode: '0700', content: script }]
  if (!flow)
    return writeFiles({ entries: entries.map(entryLines) })
      .trimEnd()
      .split('\n')
  return entries.map(({ path, mode, content, gzipped }: Entry) => {
    const packed = gzipped !== undefined && { encoding: 'gz+b64' }
    return `${JSON.stringify({ path, permissions: mode, ...packed, content: gzipped ?? content })},`
  })
}

const itemCount = (key: (typeof KEYS)[number], { files }: Injection): number =>
  key === 'runcmd' ? 1 : files.length + 1

function splicesOf(points: readonly InsertionPoint[], injection: Injection): readonly Splice[] {
  const fresh = points.flatMap(point => (point.kind === 'key' ? [point] : []))
  const [first] = fresh
  const lines = (key: string, flow: boolean): readonly string[] =>
    itemsOf(key as (typeof KEYS)[number], injection, flow)
  const keys: readonly Splice[] =
    first === undefined
      ? []
      : [
          {
            offset: first.offset,
            indent: first.indent,
            flow: false,
            lines: fresh.flatMap(({ key }) => [`${key}:`, ...lines(key, false)]),
          },
        ]
  const items = points.flatMap<Splice>(point =>
    point.kind === 'items'
      ? [{ offset: point.offset, indent: point.indent, flow: point.flow, lines: lines(point.key, point.flow) }]
      : [],
  )
  return [...keys, ...items].sort((a, b) => a.offset - b.offset)
}

/**
 * UserData + Injection -> one cloud-config: the operator's text with ours spliced in, first in write_files and in runcmd. The text
 * is never printed anew: comments, order, quoting and line endings stay. What cannot be spliced safely is refused with its place.
 */
export function weaveCloudConfig(userData: UserData, cuts: readonly number[], injection: Injection): Woven {
  const document = spliceable(userData)
  if ('code' in document) return { ok: false, diagnostics: [document] }
  const yaml = yamlOf(document)
  const root = yaml.ok && yaml.root?.kind === 'mapping' ? yaml.root : undefined
  const text = userData.source.text.slice(document.start)
  const end: readonly InsertionPoint[] = KEYS.map(key => ({ kind: 'key', key, offset: text.length, indent: '' }))
  const points = root === undefined ? end : KEYS.map(key => insertionPoint(text, root, key))
  const refusals = [
    ...points.flatMap(point =>
      point.kind === 'refused' ? [refuse('E401', document, point.why, point.start, point.end)] : [],
    ),
    ...(root === undefined ? [] : missingModules(document, root)),
  ]
  if (refusals.length > 0) return { ok: false, diagnostics: refusals }
  const { source } = userData
  const commented = formatLines(cuts.map(cut => lineOf(source, cut)))
  const newline: Newline = /^[^\n]*\r\n/.test(source.text) ? '\r\n' : '\n'
  const insertions = splicesOf(points, injection).map(({ offset, lines, ...shape }): Replacement => {
    const at = document.start + offset
    // After a lone CR a line begins too; a line feed of ours would become one with it.
    const joined = at === source.text.length && !/(?:^|[\r\n])$/.test(source.text)
    return { start: at, end: at, words: markedLines(lines, { ...shape, newline, joined, commented }) }
  })
  const comments = cuts.map(cut => ({ start: cut, end: cut, words: COMMENT }))
  const woven = replaced(
    source.text,
    [...insertions, ...comments].sort((one, other) => one.start - other.start),
  )
  const keys = points.flatMap(point => (point.kind === 'key' ? [point.key] : []))
  const ours = new Map(KEYS.map(key => [key, keys.includes(key) ? ('all' as const) : itemCount(key, injection)]))
  const before = readYaml(withComments(source.text, cuts).slice(document.start))
  if (!preserves(before, readYaml(woven.slice(document.start)), ours)) {
    return { ok: false, diagnostics: [refuse('E401', document, 'what the document says would change', 0, 1)] }
  }
  return { ok: true, bytes: bytesOf(woven, userData.charset), keys, diagnostics: [] }
}
