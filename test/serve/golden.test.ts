import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import test from 'ava'
import { envelopeText } from '../cli/envelope-text.ts'
import { projectFolder } from '../shared.ts'
import { ask, stateOf } from './handlers.ts'

const folder = join(projectFolder, 'test', 'golden')
const METADATA = 'metadata'

interface Case {
  readonly command: string
  readonly query: URLSearchParams
  readonly values: string | undefined
  readonly metadata: string | undefined
}

/** The arguments of a case as a request; undefined when one of them has no parameter that stands for it. */
function requestOf(args: readonly string[], read: (name: string) => string): Case | undefined {
  const command = ['inject', 'check'].find(name => name === args[0]) ?? 'inject'
  const { values, tokens } = parseArgs({
    args: args.filter((arg, at) => at > 0 || arg !== command),
    options: {
      annotation: { type: 'string', short: 'a', multiple: true },
      profile: { type: 'string' },
      metadata: { type: 'string' },
      values: { type: 'string' },
      'default-inject': { type: 'boolean' },
      'allow-unknown': { type: 'boolean' },
      strict: { type: 'boolean' },
    },
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const taken = ['annotation', 'profile', METADATA, 'values', 'default-inject', 'allow-unknown', 'strict']
  if (tokens.some(token => token.kind === 'option' && !taken.includes(token.name))) return undefined
  const query = new URLSearchParams()
  for (const annotation of (values['annotation'] ?? []) as readonly string[]) query.append('annotation', annotation)
  for (const name of ['default-inject', 'allow-unknown', 'strict']) if (values[name] === true) query.set(name, '')
  if (typeof values['profile'] === 'string') query.set('profile', values['profile'])
  const metadata = typeof values[METADATA] === 'string' ? values[METADATA] : undefined
  if (metadata !== undefined) query.set(METADATA, read(metadata))
  const input = args.find(arg => arg.startsWith('input.'))
  if (input !== undefined) query.set('name', input)
  return { command, query, values: typeof values['values'] === 'string' ? values['values'] : undefined, metadata }
}

const cases = readdirSync(folder).flatMap(name => {
  const read = (file: string): string => readFileSync(join(folder, name, file), 'utf8')
  const args = read('args').split('\n').slice(0, -1)
  const asked = requestOf(args, read)
  return asked === undefined ? [] : [{ name, read, ...asked }]
})

for (const { name, read, command, query, values, metadata } of cases) {
  const input = readdirSync(join(folder, name)).find(file => file.startsWith('input.'))
  const expected = (file: string): string => (existsSync(join(folder, name, file)) ? read(file) : '')

  test(`golden over HTTP: ${name.replaceAll('-', ' ')}`, async t => {
    const source = values === undefined ? {} : { values: { name: values, text: read(values) } }
    const state = stateOf({ defaults: () => ({ profile: 'full', ...source }) })
    const body = input === undefined ? '' : readFileSync(join(folder, name, input))
    // Over HTTP the metadata has the name of its parameter, having no file.
    const file = metadata ?? METADATA
    const diagnostics = JSON.parse(expected('json').replaceAll(file, METADATA) || '[]') as unknown
    const bad = expected('exit') === '2\n'

    const checked = await ask(state, 'POST', `/check?${query}`, body)
    t.is(checked.status, bad ? 422 : 200)
    t.deepEqual(JSON.parse(checked.text), diagnostics)

    const given = await ask(state, 'POST', `/${command}?${query}`, body)
    t.is(given.status, bad ? 422 : 200)
    if (bad || command === 'check') t.deepEqual(JSON.parse(given.text), diagnostics)
    else t.is(envelopeText(Buffer.from(given.body)), expected('stdout'))
  })
}

test('nearly every golden case has a form over HTTP', t => {
  const all = readdirSync(folder).length
  t.true(cases.length > 50 && cases.length >= all * 0.9, `${cases.length} of ${all}`)
  t.deepEqual([...new Set(cases.map(({ command }) => command))].sort(), ['check', 'inject'])
})
