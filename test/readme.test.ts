import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { projectFolder } from './shared.ts'

const path = join(projectFolder, 'README.md')
const readme = readFileSync(path, 'utf8')
const cli = join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js')

/** The fenced block whose info string ends in this word. */
function block(word: string): string {
  const found = new RegExp(`^\`\`\`\\w+ ${word}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1]
  if (found === undefined) throw new Error(`the README has no block ${word}`)
  return found
}

function run(
  args: readonly string[],
  input: string,
  cwd: string,
): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [cli, ...args], {
    input,
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
}

/** What a reader need not see: hashes, the packed bundle, the body of the installer. */
const elided = (output: string): string =>
  output
    .replace(/(==consul-vm-inject-)[0-9a-f]+==/g, '$1…==')
    .replace(/parts=[0-9a-f]+/, 'parts=…')
    .replace(/^BUNDLE = """\n[\s\S]*?^END-OF-INSTALLER$/m, '  …\nEND-OF-INSTALLER')

test('the document before and the user-data after are what the tool makes of each other', t => {
  const { stdout, status } = run([], block('before'), projectFolder)
  t.is(status, 0)
  const after = elided(stdout)
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(
      path,
      readme.replace(/(?<=^```text after\n)[\s\S]*?(?=^```$)/m, () => after),
    )
  } else t.is(block('after'), after)
})

test('the wrong document is refused in the words of the README', t => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  const [command = '', ...shown] = block('wrong').split('\n')
  const lines = shown.flatMap(line => /^\d+ \| (.*)$/.exec(line)?.[1] ?? [])
  writeFileSync(join(folder, 'wrong.yaml'), `#cloud-config\n${lines.join('\n')}\n`)
  const { stdout, stderr, status } = run(command.split(' ').slice(2), '', folder)
  rmSync(folder, { recursive: true })
  t.is(status, 2)
  t.is(stdout, '')
  t.true(stderr.startsWith(shown.join('\n').trimEnd()), stderr)
})

test('the command that annotates from outside injects a plain script', t => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  writeFileSync(join(folder, 'plain.sh'), '#!/bin/sh\necho hello\n')
  const { stdout, status } = run(block('outside').trim().split(' ').slice(1), '', folder)
  rmSync(folder, { recursive: true })
  t.is(status, 0)
  t.true(stdout.includes('#!/bin/sh\necho hello\n'))
})

test('the example of the first command is injected', t => {
  const input = /npm start --silent < (\S+)/.exec(readme)?.[1] ?? ''
  const { stdout, status } = run([], readFileSync(join(projectFolder, input), 'utf8'), projectFolder)
  t.is(status, 0)
  t.true(stdout.startsWith('Content-Type: multipart/mixed'))
})

test('every annotation that the README names exists', t => {
  const known = new Set(ANNOTATIONS.map(({ key, prefix }) => (prefix ? `${key}<name>` : key)))
  const rows = readme.split('\n').filter(line => line.startsWith('| `') && !line.startsWith('| Status'))
  const names = rows.flatMap(row => (row.split('|')[1] ?? '').match(/[\w./<>-]{4,}/g) ?? [])
  t.true(names.length > 8)
  for (const name of names) t.true(known.has(name.includes('/') ? name : `consul.hashicorp.com/${name}`), name)
})

test('every local link of the README leads somewhere', t => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g))
    t.notThrows(() => readFileSync(join(projectFolder, target ?? '')), target)
})
