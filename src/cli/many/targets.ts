import { dirname, join, relative, sep } from 'node:path'
import { type Io, UsageError } from '../io.ts'
import { type InputFile, isLeftOut } from './input-files.ts'

/** Whether a path lies below a folder where a walk would read it. */
function isReadBelow(folder: string, path: string): boolean {
  const steps = relative(folder, path).split(sep)
  return steps[0] !== '..' && !steps.some(isLeftOut)
}

/**
 * Where the documents go below the folder, in their order. Refuses what would lose a file: two documents for one place, an
 * output over an input, an output where the next run would read it as a document.
 */
export function targetsBelow(folder: string, files: readonly InputFile[], io: Io): readonly string[] {
  const roots = [...new Set(files.flatMap(({ root }) => root ?? []))].map(root => [root, io.realPath(root)] as const)
  const inputs = new Set(files.map(({ path }) => io.realPath(path)))
  const taken = new Map<string, InputFile>()
  for (const file of files) {
    const target = join(folder, file.below)
    const real = io.realPath(target)
    const [root] = roots.find(([, path]) => isReadBelow(path, real)) ?? []
    if (root !== undefined) {
      throw new UsageError(
        `${target} would stand in ${root}, where the next run would read it as a document`,
        'give a directory outside of it or with a hidden name, or rewrite the files with --in-place',
      )
    }
    if (inputs.has(real)) {
      throw new UsageError(`${target} is an input and would be written over`, 'give another directory, or --in-place')
    }
    const other = taken.get(real)
    if (other !== undefined) {
      throw new UsageError(
        `${other.path} and ${file.path} would both be written to ${target}`,
        'give the directory above them, or write them to directories of their own',
      )
    }
    taken.set(real, file)
  }
  // Of the files of one folder the first tells.
  const folders = new Map<string, InputFile>()
  for (const [real, file] of taken) if (!folders.has(dirname(real))) folders.set(dirname(real), file)
  for (const [folder, file] of folders) {
    for (let above = folder; above !== dirname(above); above = dirname(above)) {
      const other = taken.get(above)
      if (other === undefined) continue
      throw new UsageError(
        `${other.path} and ${file.path} would be a file and a directory of one name`,
        'write them to directories of their own',
      )
    }
  }
  return files.map(({ below }) => join(folder, below))
}
