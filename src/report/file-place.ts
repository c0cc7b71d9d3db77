import { isAbsolute, normalize, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Position, positionOf, type Span } from './source.ts'

/** What tells the files of a run from other texts that complaints stand in: flags, parts of a document, standard input. */
export interface Files {
  /** The working directory. */
  readonly here: string
  /** The directory that the readers of a report start from: that of the repository. */
  readonly root: string
  /** Files beside the documents: metadata and values. */
  readonly beside: ReadonlySet<string>
}

/** Where a complaint stands, for formats that know files only. */
export interface FilePlace {
  readonly file?: string
  readonly start?: Position
  readonly end?: Position
  /** `web.yaml (part 2):3:1`, where that is no place in a file. */
  readonly inside?: string
}

const STDIN = '<stdin>'

/** Whether a source is the document, or a part of it that is encoded, as against a flag or a file beside it. */
export const isWithin = (source: string, document: string): boolean =>
  source === document || source.startsWith(`${document} (`)

export function filePlace(span: Span | undefined, document: string | undefined, { beside }: Files): FilePlace {
  const own = document === undefined || document === STDIN ? {} : { file: document }
  if (span === undefined) return own
  const { name } = span.source
  const start = positionOf(span.source, span.start)
  const end = positionOf(span.source, span.end)
  const isFile = name !== STDIN && (name === document || beside.has(name))
  if (isFile) return { file: name, start, end }
  const inside = `${name}:${start.line}:${start.column}`
  return document !== undefined && isWithin(name, document) ? { ...own, inside } : { inside }
}

/** The path from the root where the file stands below it, else as it was given. */
export function pathFrom({ here, root }: Pick<Files, 'here' | 'root'>, file: string): string {
  const path = relative(root, resolve(here, file))
  return path.split(sep)[0] === '..' ? normalize(file) : path
}

/** A path as a URI: relative to the root where the file stands below it. */
export function uriOf(files: Pick<Files, 'here' | 'root'>, file: string): string {
  const path = pathFrom(files, file)
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join('/')
}
