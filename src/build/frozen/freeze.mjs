// Keeps what this version makes, before it is released: `npm run freeze`. What it kept of this version before is replaced until git
// has the tag of the version; nothing of any other version is touched.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { exit, stderr } from 'node:process'
import { VERSION } from '../../../dist/src/index.js'
import { DIGESTS, digestOf, filesOf } from './frozen.mjs'
import { outputs } from './outputs.mjs'
import { same } from './ready.mjs'

if (execFileSync('git', ['tag', '--list', `v${VERSION}`], { encoding: 'utf8' }) !== '') {
  stderr.write(`error: ${VERSION} is released: what it makes stays as it is\n  = help: raise the version first\n`)
  exit(2)
}
const made = outputs()
for (const path of filesOf(VERSION)) if (!made.has(path)) rmSync(path)
for (const [path, bytes] of made) {
  if (same(path, bytes)) continue
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
const kept = JSON.parse(readFileSync(DIGESTS, 'utf8'))
writeFileSync(DIGESTS, `${JSON.stringify({ ...kept, [VERSION]: digestOf(VERSION) }, undefined, 2)}\n`)
