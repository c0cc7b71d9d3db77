import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { allCommands } from '../src/cli/commands.ts'
import { EXIT_CODES, optionTerm, optionText } from '../src/cli/help.ts'
import { optionsOf } from '../src/cli/options.ts'
import { projectFolder } from './shared.ts'

/** The README in one screen, the guide with the rest, and the reference of the command line. */
const [path, guidePath, referencePath] = ['README.md', 'examples/README.md', 'src/cli/README.md'].map(name =>
  join(projectFolder, name),
) as [string, string, string]
const [readme, guide, options] = [path, guidePath, referencePath].map(file => readFileSync(file, 'utf8')) as [
  string,
  string,
  string,
]
const cli = join(projectFolder, 'dist', 'bin', 'consul-vm-inject.js')

/** Every README of the repository. */
const READMES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['annotations', 'examples', 'src'].flatMap(folder =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('README.md'))
      .map(name => `${folder}/${name}`),
  ),
]

/** The fenced block whose info string ends in this word. */
function block(word: string): string {
  const found = new RegExp(`^\`\`\`\\w+ ${word}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme + guide)?.[1]
  if (found === undefined) throw new Error(`README and guide have no block ${word}`)
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

/** A table in Markdown, its columns aligned. */
function table(rows: readonly (readonly string[])[]): string {
  const [first = []] = rows
  const widths = first.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`
  const [head = '', ...body] = rows.map(line)
  return `${head}| ${widths.map(width => '-'.repeat(width)).join(' | ')} |\n${body.join('')}`
}

/** Every command, option and exit status, from the table of commands. */
function reference(): string {
  const commands = allCommands().map(({ name, summary }) => [`\`${name}\``, summary])
  // A term that means something else with another command has a row for each.
  const options = new Map<string, [term: string, text: string, commands: string[]]>()
  for (const { name, options: own } of allCommands()) {
    for (const option of own) {
      const [term, text] = [optionTerm(option).trim(), optionText(option)]
      const row = options.get(`${term} ${text}`) ?? [term, text, []]
      options.set(`${term} ${text}`, [row[0], row[1], [...row[2], name]])
    }
  }
  const rows = [...options.values()].map(([term, text, names]) => [
    `\`${term}\``,
    text.replaceAll('|', '\\|'),
    names.join(', '),
  ])
  return [
    table([['Command', 'What it does'], ...commands]),
    table([['Option', 'What it does', 'Commands'], ...rows]),
    table([['Status', 'Meaning'], ...EXIT_CODES]),
  ].join('\n')
}

/** What a reader need not see: hashes, what is packed, what unpacks it, and most of the plan. */
const elided = (output: string): string =>
  output
    .replace(/(==consul-vm-inject-)[0-9a-f]+==/g, '$1…==')
    .replaceAll(/part=[0-9a-f]+/g, 'part=…')
    .replace(/(?<= -c '\n)[\s\S]*?(?=^' <<)/m, '…\n')
    .replace(/(?<=^ "plan": \{\n)[\s\S]*?(?=^ \}$)/m, '  …\n')
    .replace(/(?<=packages\.conf\n)[\s\S]*?(?=^=== )/m, '…\n')
    .replace(/(?<=^=== packed\n)[\s\S]*?(?=^END-OF-SEGMENTS$)/m, '…\n')

test('the document before and the user-data after are what the tool makes of each other', t => {
  const { stdout, status } = run([], block('before'), projectFolder)
  t.is(status, 0)
  const after = elided(stdout)
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/(?<=^```text after\n)[\s\S]*?(?=^```$)/m, () => after),
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

test('the reference names every command, option and exit status of the tool, and README and guide no other', t => {
  const expected = `<!-- reference -->\n\n${reference()}\n<!-- end of reference -->`
  const place = /<!-- reference -->[\s\S]*<!-- end of reference -->/
  if (process.env['UPDATE_GOLDEN'] === '1')
    writeFileSync(
      referencePath,
      options.replace(place, () => expected),
    )
  else t.is(place.exec(options)?.[0], expected)
  const known = new Set(allCommands().flatMap(command => optionsOf(command).map(({ name }) => name)))
  for (const [, name = ''] of (readme + guide)
    .replace(/^```text[\s\S]*?^```$/gm, '')
    .matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)) {
    if (!['silent'].includes(name)) t.true(known.has(name), `--${name}`)
  }
})

test('the summary in the guide is what preview shows', t => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  writeFileSync(join(folder, 'web.yaml'), block('before'))
  const [command = ''] = block('summary').split('\n')
  const { stdout, status } = run(command.split(' ').slice(2), '', folder)
  rmSync(folder, { recursive: true })
  t.is(status, 1)
  const told = `${stdout.slice(0, stdout.indexOf('\nEnvoy\n'))}\n…\n`
  const shown = `${command}\n${told.replace(/[\d,]+ bytes, [\d,]+ when/g, '… bytes, … when')}`
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(
      guidePath,
      guide.replace(/(?<=^```console summary\n)[\s\S]*?(?=^```$)/m, () => shown),
    )
    t.pass()
  } else t.is(block('summary'), shown)
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

test('every annotation that the guide names exists', t => {
  const known = new Set(ANNOTATIONS.map(({ key, prefix }) => (prefix ? `${key}<name>` : key)))
  const section = guide.slice(guide.indexOf('## Annotate'), guide.indexOf('## See it first'))
  const rows = section.split('\n').filter(line => line.startsWith('| `'))
  const names = rows.flatMap(row => (row.split('|')[1] ?? '').match(/[\w./<>-]{4,}/g) ?? [])
  t.true(names.length > 8)
  for (const name of names) t.true(known.has(name.includes('/') ? name : `consul.hashicorp.com/${name}`), name)
})

test('every local link of every README leads somewhere', t => {
  for (const file of READMES) {
    const text = readFileSync(join(projectFolder, file), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#\s]+)/g))
      t.notThrows(() => statSync(join(projectFolder, dirname(file), target)), `${file}: ${target}`)
  }
})

test('the README is for someone in a hurry', t => {
  t.true(readme.split('\n').length <= 151)
})

test('the library does what the README shows', t => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  const index = pathToFileURL(join(projectFolder, 'dist', 'src', 'index.js')).href
  writeFileSync(join(folder, 'library.mjs'), block('library').replace("'consul-vm-inject'", JSON.stringify(index)))
  const { stdout, stderr, status } = spawnSync(process.execPath, ['library.mjs'], { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  t.is(status, 0, stderr)
  t.true(stdout.startsWith('Content-Type: multipart/mixed'))
  t.regex(stderr, /^note\[N102\]: web: joins the mesh/m)
})
