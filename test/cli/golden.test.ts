import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { projectFolder } from '../shared.ts'
import { envelopeText } from './envelope-text.ts'
import { runIn, type World } from './world.ts'

const folder = join(projectFolder, 'test', 'golden')
const update = process.env['UPDATE_GOLDEN'] === '1'

/** Files that a run is expected to give; one that is not there is expected to be empty. */
const EXPECTED = ['stdout', 'stderr', 'stderr.colour', 'json', 'exit'] as const

/** The files of a case, and standard input when no argument names the input. */
function worldOf(path: string, args: readonly string[]): World {
  const names = readdirSync(path).filter(name => name.includes('.') && !EXPECTED.some(expected => expected === name))
  const files = Object.fromEntries(names.map(name => [name, readFileSync(join(path, name))]))
  const input = names.find(name => name.startsWith('input.'))
  return { files, ...(input !== undefined && !args.includes(input) && { stdin: files[input] ?? '' }) }
}

const argsOf = (path: string): readonly string[] => readFileSync(join(path, 'args'), 'utf8').split('\n').slice(0, -1)

/** What a case gives: plainly, in colour, and with diagnostics as JSON. */
async function giveOf(
  world: World,
  args: readonly string[],
): Promise<Readonly<Record<(typeof EXPECTED)[number], string>>> {
  const plain = await runIn(world, ...args)
  const coloured = await runIn(world, ...args, '--color', 'always')
  const json = await runIn(world, ...args, '--output', 'json')
  return {
    stdout: envelopeText(plain.stdout),
    stderr: plain.stderr,
    'stderr.colour': coloured.stderr,
    json: args[0] === 'check' ? json.stdout.toString('utf8') : json.stderr,
    exit: `${plain.exit}\n`,
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
      t.is(given[expected], existsSync(file) ? readFileSync(file, 'utf8') : '', expected)
    }
    if (given.exit !== '0\n') t.is(given.stdout, '', 'nothing is written on error')
  },
  title: (_, name = '') => `golden: ${name.replaceAll('-', ' ')}`,
})

for (const name of readdirSync(folder).sort()) test.serial(golden, name)

const again = test.macro<[string]>({
  async exec(t, name: string) {
    const path = join(folder, name)
    const args = argsOf(path)
    const world = worldOf(path, args)
    const once = await runIn(world, ...args)
    const twice = await runIn(
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
  const [command] = argsOf(path)
  const exit = existsSync(join(path, 'exit')) ? readFileSync(join(path, 'exit'), 'utf8') : ''
  if (!['check', 'vendor-data'].includes(command ?? '') && exit === '0\n') test(again, name)
}

test('every golden case has arguments, an input or none, and an exit status that the tool documents', t => {
  for (const name of readdirSync(folder)) {
    const files = readdirSync(join(folder, name))
    t.true(files.includes('args'), name)
    t.true(files.filter(file => file.startsWith('input.')).length <= 1, name)
    t.regex(readFileSync(join(folder, name, 'exit'), 'utf8'), /^[0-3]\n$/, name)
  }
})
