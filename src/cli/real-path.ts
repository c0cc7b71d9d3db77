import { lstatSync, readlinkSync } from 'node:fs'
import { basename, dirname, resolve, sep } from 'node:path'

const MOST_LINKS = 40

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  } catch {
    return false
  }
}

/**
 * Finds the absolute paths of many files, symbolic links followed; of what does not exist or cannot be read, as far as it can. Each
 * folder is looked at once.
 */
export function realPaths(): (path: string) => string {
  const folders = new Map<string, string>()
  const folderOf = (path: string): string => {
    const known = folders.get(path)
    if (known !== undefined) return known
    // Links that go round in a circle come back here.
    folders.set(path, path)
    const real = follow(path, 0)
    folders.set(path, real)
    return real
  }
  const follow = (path: string, links: number): string => {
    const above = dirname(path)
    if (above === path) return path
    const folder = folderOf(above)
    const here = `${folder.endsWith(sep) ? folder : folder + sep}${basename(path)}`
    return isLink(here) && links < MOST_LINKS ? follow(resolve(folder, readlinkSync(here)), links + 1) : here
  }
  return path => follow(resolve(path), 0)
}
