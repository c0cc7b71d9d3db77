// Whether what is there can be released, and what is missing.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { filesOf } from './frozen.mjs'

const isGzip = bytes => bytes[0] === 0x1f && bytes[1] === 0x8b
const bare = bytes => (isGzip(bytes) ? gunzipSync(bytes) : bytes)

/** Whether a file holds these bytes, however its gzip was made. */
export const same = (path, bytes) => existsSync(path) && bare(readFileSync(path)).equals(Buffer.from(bare(bytes)))

/** Reasons against a release of what is built, in words; none when there is nothing against it. */
export async function whyNotReleased({ version }) {
  const { outputs } = await import('./outputs.mjs') // of what was built by now
  const made = outputs()
  const git = (...words) => execFileSync('git', words, { encoding: 'utf8' })
  const stale = [...made].filter(([path, bytes]) => !same(path, bytes)).map(([path]) => path)
  const left = filesOf(version).filter(path => !made.has(path))
  const section = new RegExp(`^## ${version.replaceAll('.', '\\.')} .*\\d{4}-\\d\\d-\\d\\d`, 'm')
  return [
    stale.length + left.length > 0 &&
      `${stale.length + left.length} of the outputs that later versions must know are not kept as they are now: npm run freeze`,
    git('status', '--porcelain') !== '' && 'there is what was not committed',
    !section.test(readFileSync('CHANGELOG.md', 'utf8')) && `CHANGELOG.md has no section ${version} with its day`,
  ].filter(reason => reason !== false)
}
