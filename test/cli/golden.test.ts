import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { DESTINATION } from '../../src/cli/options.ts'
import { inject } from '../../src/index.ts'
import { VERSION } from '../../src/version.ts'
import { projectFolder } from '../shared.ts'
import { envelopeText } from './envelope-text.ts'
import { program } from './faces.ts'
import { previewText } from './preview-text.ts'
import { runProgram } from './spawned.ts'
import { type Outcome, runIn, type World } from './world.ts'

const folder = join(projectFolder, 'test', 'golden')
const update = process.env['UPDATE_GOLDEN'] === '1'

const run = (world: World, ...argv: readonly string[]): Promise<Outcome> =>
  program === undefined ? runIn(world, ...argv) : runProgram(program, world, ...argv)

/** Which modes a program asked for, and which file it wrote first, cannot be seen from outside. */
const seen = (written: string): string =>
  program === undefined
    ? written
    : written
        .split(/\n(?=== )/)
        .map(file => file.replace(/^(== .* )\d*$/m, '$1'))
        .sort()
        .join('\n')

/** Files that a run is expected to give; one that is not there is expected to be empty. */
const EXPECTED = ['stdout', 'stdout.colour', 'stderr', 'stderr.colour', 'json', 'exit', 'written'] as const

const isExpected = (name: string): boolean => EXPECTED.some(expected => expected === name)
const isFolder = (path: string): boolean => statSync(path).isDirectory()

/** The files of a case, those below folders included, and standard input when no argument names the input. */
function worldOf(path: string, args: readonly string[]): World {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => !isFolder(join(path, name)) && /[./]/.test(name) && !isExpected(name))
    .sort()
  const files: Record<string, Uint8Array> = Object.fromEntries(
    names.map(name => [name, readFileSync(join(path, name))]),
  )
  const input = names.find(name => name.startsWith('input.'))
  // What an earlier run made of another document.
  const earlier = files['earlier.yaml']
  if (earlier !== undefined) {
    const { output } = inject(earlier, { name: 'earlier.yaml', profile: 'prebuilt' })
    Object.assign(files, { 'earlier.injected': output ?? '' })
  }
  return { files, ...(input !== undefined && !args.includes(input) && { stdin: files[input] ?? '' }) }
}

/** Files that were written, each with its mode where one was asked for. */
const writtenOf = ({ written, modes }: Outcome): string =>
  [...written]
    .map(([name, content]) => `== ${name} ${modes.get(name)?.toString(8) ?? ''}\n${envelopeText(content)}`)
    .join('\n')

const argsOf = (path: string): readonly string[] => readFileSync(join(path, 'args'), 'utf8').split('\n').slice(0, -1)

/** What a case gives: plainly, in colour, and with diagnostics as JSON. */
async function giveOf(
  world: World,
  args: readonly string[],
): Promise<Readonly<Record<(typeof EXPECTED)[number], string>>> {
  const plain = await run(world, ...args)
  const coloured = await run(world, ...args, '--color', 'always')
  const json = await run(world, ...args, '--output', 'json')
  const data = args[0] === 'preview' ? (given: Buffer) => previewText(given.toString('utf8')) : envelopeText
  return {
    stdout: data(plain.stdout).replace(`"version": "${VERSION}"`, '"version": "VERSION"'),
    'stdout.colour': coloured.stdout.equals(plain.stdout) ? '' : data(coloured.stdout),
    stderr: plain.stderr,
    'stderr.colour': coloured.stderr,
    json: args[0] === 'check' ? json.stdout.toString('utf8') : json.stderr,
    exit: `${plain.exit}\n`,
    written: writtenOf(plain),
  }
}

const golden = test.macro<[string]>({
  async exec(t, name: string) {
    const path = join(folder, name)
    const args = argsOf(path)
    const given = await giveOf(worldOf(path, args), args)
    for (const expected of EXPECTED) {
      const file = join(path, expected)
      if (update && given[expected] === '') rmSync(file, { force: true })
      else if (update) writeFileSync(file, given[expected])
      const wanted = existsSync(file) ? readFileSync(file, 'utf8') : ''
      if (expected === 'written') t.is(seen(given.written), seen(wanted))
      else t.is(given[expected], wanted, expected)
    }
    if (!['0\n', '1\n'].includes(given.exit) && args[0] !== 'check')
      t.is(given.stdout, '', 'nothing is written on error')
  },
  title: (_, name = '') => `golden: ${name.replaceAll('-', ' ')}`,
})

for (const name of readdirSync(folder).sort()) test.serial(golden, name)

const again = test.macro<[string]>({
  async exec(t, name: string) {
    const path = join(folder, name)
    const args = argsOf(path)
    const world = worldOf(path, args)
    const once = await run(world, ...args)
    const twice = await run(
      { ...world, stdin: once.stdout },
      ...args.map(arg => (arg.startsWith('input.') ? '-' : arg)),
    )
    t.deepEqual(twice.stdout.toString('latin1'), once.stdout.toString('latin1'))
    t.is(twice.exit, 0)
  },
  title: (_, name = '') => `injecting again changes nothing: ${name.replaceAll('-', ' ')}`,
})

for (const name of readdirSync(folder).sort()) {
  const path = join(folder, name)
  const args = argsOf(path)
  const isPipe = args[0] !== 'check' && !args.some(arg => DESTINATION.some(option => arg === `--${option.name}`))
  const exit = existsSync(join(path, 'exit')) ? readFileSync(join(path, 'exit'), 'utf8') : ''
  if (isPipe && !['vendor-data', 'preview'].includes(args[0] ?? '') && exit === '0\n') test(again, name)
}

test('every golden case has arguments, an input or none, and an exit status that the tool documents', t => {
  for (const name of readdirSync(folder)) {
    const files = readdirSync(join(folder, name))
    t.true(files.includes('args'), name)
    t.true(files.filter(file => file.startsWith('input.')).length <= 1, name)
    t.regex(readFileSync(join(folder, name, 'exit'), 'utf8'), /^[0-3]\n$/, name)
  }
})
