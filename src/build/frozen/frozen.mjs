// Which files of a version are kept, and by what it is seen that nobody changed them since: run by itself, it says the digests of all.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { argv, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'

/** The path of a file of the project. */
export const at = name => fileURLToPath(new URL(`../../../${name}`, import.meta.url))
export const WRITTEN = at('test/decode/injection/written')
export const GUESTS = at('test/guest/earlier')

/** Version -> SHA-256 of what is kept of it. */
export const DIGESTS = join(WRITTEN, 'digests.json')

/** The paths of a version's files. */
export function filesOf(version) {
  const folder = join(WRITTEN, version)
  const written = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
  const guests = existsSync(GUESTS) ? readdirSync(GUESTS) : []
  return [
    ...written.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
    ...guests.filter(name => name.includes(`-${version}.`)).map(name => join(GUESTS, name)),
  ].sort()
}

/** One digest of all of a version's files: of their paths and of what is in them. */
export function digestOf(version) {
  const hash = createHash('sha256')
  for (const path of filesOf(version)) {
    hash.update(`${relative(at('.'), path)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}\n`)
  }
  return hash.digest('hex')
}

/** Version -> digest, as the files are now. */
export const digests = () =>
  Object.fromEntries(
    readdirSync(WRITTEN)
      .filter(name => /^\d/.test(name))
      .sort()
      .map(version => [version, digestOf(version)]),
  )

if (import.meta.filename === argv[1]) stdout.write(`${JSON.stringify(digests(), undefined, 2)}\n`)
