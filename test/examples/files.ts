import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectFolder } from '../shared.ts'

export const examplesFolder: string = join(projectFolder, 'examples')

/** Files that a run of an example leaves behind. */
const MADE =
  /(?:^|\/)(?:web\.injected|web\.json|seed\.iso)$|^environment\/seeds\/|^pulumi\/(?:bin|node_modules)\/|^pulumi\/package-lock\.json$/

/** Every file below examples/, by its path there. */
export const exampleFiles: readonly string[] = readdirSync(examplesFolder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(({ parentPath, name }) => relative(examplesFolder, join(parentPath, name)))
  .filter(path => !MADE.test(path))
  .sort()

export const readExample = (path: string): string => readFileSync(join(examplesFolder, path), 'utf8')
