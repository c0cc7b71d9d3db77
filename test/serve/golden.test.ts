import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import test from 'ava'
import type { Profile } from '../../src/index.ts'
import { envelopeText } from '../cli/envelope-text.ts'
import { projectFolder } from '../shared.ts'
import { ask, seedsOf, stateOf } from './handlers.ts'

const folder = join(projectFolder, 'test', 'golden')

/** The options that a request has a parameter for: those that name files, those that say one word, and switches. */
const FILES = ['metadata', 'vendor-data'] as const
const WORDS = ['profile', 'layout', 'platform', 'compress'] as const
const SWITCHES = ['default-inject', 'allow-unknown', 'strict'] as const
const COMMANDS = ['inject', 'check', 'vendor-data'] as const

interface Case {
  readonly name: string
  readonly command: (typeof COMMANDS)[number]
  readonly query: URLSearchParams
  /** The values file, which is the server's. */
  readonly values: string | undefined
  /** Names that the files have over HTTP, where they have none: those of their parameters. */
  readonly renamed: ReadonlyMap<string, string>
}

const read = (name: string, file: string): string => {
  const path = join(folder, name, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** A golden case as a request; undefined when one of its arguments has no parameter that stands for it. */
function requestOf(name: string): Case | undefined {
  const args = read(name, 'args').split('\n').slice(0, -1)
  const named = COMMANDS.find(command => command === args[0])
  if (named === undefined && /^[a-z]/.test(args[0] ?? '') && !args[0]?.startsWith('input.')) return undefined
  const strings = ['values', ...FILES, ...WORDS].map(option => [option, { type: 'string' as const }])
  const { values, positionals, tokens } = parseArgs({
    args: named === undefined ? args : args.slice(1),
    options: { annotation: { type: 'string', short: 'a', multiple: true }, ...Object.fromEntries(strings) },
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const taken: readonly string[] = ['annotation', 'values', ...FILES, ...WORDS, ...SWITCHES]
  if (tokens.some(token => token.kind === 'option' && !taken.includes(token.name))) return undefined
  // A request has one document.
  if (positionals.length > 1 || positionals.some(operand => !/^(?:-|input\.\w+)$/.test(operand))) return undefined
  const given = (option: string): string | undefined => {
    const value = (values as Readonly<Record<string, unknown>>)[option]
    return typeof value === 'string' ? value : undefined
  }
  const query = new URLSearchParams()
  for (const annotation of (values['annotation'] ?? []) as readonly string[]) query.append('annotation', annotation)
  for (const option of SWITCHES) if (Object.hasOwn(values, option)) query.set(option, '')
  for (const option of WORDS) if (given(option) !== undefined) query.set(option, given(option) ?? '')
  for (const option of FILES) if (given(option) !== undefined) query.set(option, read(name, given(option) ?? ''))
  const input = positionals.find(operand => operand !== '-')
  if (input !== undefined) query.set('name', input)
  const renamed = new Map(FILES.flatMap(option => (given(option) === undefined ? [] : [[given(option) ?? '', option]])))
  return { name, command: named ?? 'inject', query, values: given('values'), renamed }
}

const cases = readdirSync(folder).flatMap(name => requestOf(name) ?? [])
const pipes = cases.filter(({ command }) => command !== 'vendor-data')
// What is taken from a directory comes without options of its own.
const seeds = cases.filter(({ command, query }) => command === 'vendor-data' && !query.has('strict'))

function bodyOf(name: string): Buffer {
  const input = readdirSync(join(folder, name)).find(file => file.startsWith('input.'))
  return input === undefined ? Buffer.alloc(0) : readFileSync(join(folder, name, input))
}

for (const { name, command, query, values, renamed } of pipes) {
  test(`golden over HTTP: ${name.replaceAll('-', ' ')}`, async t => {
    const source = values === undefined ? {} : { values: { name: values, text: read(name, values) } }
    const state = stateOf({ defaults: () => ({ profile: 'full', ...source }) })
    const expected = [...renamed].reduce((text, [file, option]) => text.replaceAll(file, option), read(name, 'json'))
    const diagnostics = JSON.parse(expected || '[]') as unknown
    const bad = read(name, 'exit') !== '0\n'

    const checked = await ask(state, 'POST', `/check?${query}`, bodyOf(name))
    t.is(checked.status, bad ? 422 : 200)
    t.deepEqual(JSON.parse(checked.text), diagnostics)

    const given = await ask(state, 'POST', `/${command}?${query}`, bodyOf(name))
    t.is(given.status, bad ? 422 : 200)
    if (bad || command === 'check') t.deepEqual(JSON.parse(given.text), diagnostics)
    else t.is(envelopeText(Buffer.from(given.body)), read(name, 'stdout'))
  })
}

for (const { name, query } of seeds) {
  test(`golden as a NoCloud seed: ${name.replaceAll('-', ' ')}`, async t => {
    const state = stateOf({
      mode: 'vendor',
      seeds: seedsOf({ i: { 'user-data': bodyOf(name) } }),
      defaults: () => ({ profile: (query.get('profile') ?? 'full') as Profile }),
    })
    const { status, body, note } = await ask(state, 'GET', '/i/vendor-data')
    t.is(status, 200)
    t.is(envelopeText(Buffer.from(body)), read(name, 'stdout'))
    const codes = (JSON.parse(read(name, 'json') || '[]') as readonly { code: string }[]).map(({ code }) => code)
    t.deepEqual(note?.codes, codes)
  })
}

test('the golden cases of inject and check with one document have a form over HTTP, and vendor-data has some', t => {
  t.true(pipes.length >= 68, `${pipes.length}`)
  t.true(seeds.length >= 4, `${seeds.length}`)
})
