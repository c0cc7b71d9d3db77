import { basename, join, normalize } from 'node:path'
import { type FolderEntry, type Io, UsageError } from '../io.ts'
import { BACKUP } from '../options.ts'
import { whyNotRead } from '../reasons.ts'

/** One of many documents. */
export interface InputFile {
  /** Where it is read; `-` for standard input. */
  readonly path: string
  /** Its name in diagnostics. */
  readonly name: string
  /** Its path below the folder that was named, or its base name. */
  readonly below: string
  /** The folder that was named. */
  readonly root?: string
}

export interface InputFiles {
  readonly files: readonly InputFile[]
  /** Folders that cannot be read. */
  readonly faults: readonly { readonly path: string; readonly message: string }[]
}

/** Names that are no documents: hidden ones, and what this tool and editors keep beside a file. */
export const isLeftOut = (name: string): boolean =>
  name.startsWith('.') || name.endsWith('~') || BACKUP.choices.some(suffix => name.endsWith(suffix))

/** By UTF-16 code units: the same everywhere. */
const byName = (a: FolderEntry, b: FolderEntry): number => (a.name < b.name ? -1 : 1)

/** The paths of all documents below a folder, relative to it, in order. Links are followed to files, never to folders. */
function walk(root: string, io: Io, faults: { path: string; message: string }[]): readonly string[] {
  const below = (folder: string): readonly string[] => {
    let entries: readonly FolderEntry[]
    try {
      entries = io.list(join(root, folder))
    } catch (error) {
      const path = join(root, folder)
      faults.push({ path, message: `cannot read ${path}: ${whyNotRead(error)}` })
      return []
    }
    return entries
      .filter(({ name }) => !isLeftOut(name))
      .toSorted(byName)
      .flatMap(({ name, kind }) => {
        const path = join(folder, name)
        if (kind === 'folder') return below(path)
        // A link that leads nowhere is a document that cannot be read.
        const isFile = kind === 'link' ? (io.stat(join(root, path))?.kind ?? 'file') === 'file' : kind === 'file'
        return isFile ? [path] : []
      })
  }
  return below('')
}

/** The documents that files and folders stand for, each once. */
export function inputFilesOf(operands: readonly string[], io: Io): InputFiles {
  const faults: { path: string; message: string }[] = []
  const files = new Map<string, InputFile>()
  const add = (file: InputFile): void => {
    const key = file.path === '-' ? '-' : normalize(file.path)
    if (!files.has(key)) files.set(key, file)
  }
  for (const operand of operands) {
    if (operand === '-') add({ path: '-', name: '<stdin>', below: '' })
    else if (io.stat(operand)?.kind !== 'folder') add({ path: operand, name: operand, below: basename(operand) })
    else {
      const found = walk(operand, io, faults)
      if (found.length === 0 && faults.length === 0) {
        throw new UsageError(
          `there is no document in ${operand}`,
          `hidden files and backups (${BACKUP.choices.map(suffix => `*${suffix}`).join(', ')}, *~) are not read`,
        )
      }
      for (const below of found) {
        const path = join(operand, below)
        add({ path, name: path, below, root: operand })
      }
    }
  }
  return { files: [...files.values()], faults }
}
