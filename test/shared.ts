import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A case of the optional vectors: what consul-k8s, or the tool, should make of an input. */
export interface VectorCase {
  readonly id: string
  readonly kind: 'upstreams' | 'meta' | 'tags' | 'ports' | 'redirect' | 'iptables' | 'decision' | 'error'
  readonly basis: string
  readonly source: string
  readonly area?: string
  readonly note?: string
  readonly input: { readonly annotations?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown }
  readonly expected: Readonly<Record<string, unknown>>
}

const isProject = (folder: string): boolean => existsSync(join(folder, 'package.json'))

const projectAbove = (folder: string): string =>
  isProject(folder) || dirname(folder) === folder ? folder : projectAbove(dirname(folder))

/** The folder of this project: the nearest one above with a package.json. */
export const projectFolder: string = projectAbove(import.meta.dirname)

const sharedFolder = process.env['CONSUL_VM_INJECT_SHARED'] ?? join(projectFolder, '..', 'shared')

/** The path of an optional reference file that is no part of the project; undefined when it is not there. */
export const sharedPath = (...names: readonly string[]): string | undefined => {
  const path = join(sharedFolder, ...names)
  return existsSync(path) ? path : undefined
}

const vectorsPath = sharedPath('vectors', 'consul-k8s.json')

/** The cases gathered from consul-k8s; undefined when they are not there, and then their tests are skipped. */
export const vectors: readonly VectorCase[] | undefined =
  vectorsPath === undefined ? undefined : (JSON.parse(readFileSync(vectorsPath, 'utf8')) as readonly VectorCase[])
