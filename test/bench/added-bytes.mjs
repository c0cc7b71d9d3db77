// How many bytes an injection adds: raw, and of a gzipped document.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { EXAMPLE, TOOL } from './measure.mjs'

const input = readFileSync(EXAMPLE)
const gzipped = bytes => gzipSync(bytes, { level: 9 }).length

console.log('bytes that an injection adds: raw, and of a gzipped document')
for (const layout of ['multipart', 'cloud-config']) {
  for (const profile of ['full', 'prebuilt']) {
    const { stdout } = spawnSync(process.execPath, [TOOL, '-q', '--layout', layout, '--profile', profile, EXAMPLE])
    const added = [stdout.length - input.length, gzipped(stdout) - gzipped(input)]
    console.log(
      `  ${layout.padEnd(12)} ${profile.padEnd(8)} ${added.map(number => String(number).padStart(6)).join(' ')}`,
    )
  }
}
