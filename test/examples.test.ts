import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { inject } from '../src/index.ts'
import { projectFolder } from './shared.ts'

const folder = join(projectFolder, 'examples')
const UPDATE = process.env['UPDATE_GOLDEN'] === '1'

/** Examples that are user-data: a folder each, with the annotated document beside what the tool makes of it. */
const examples = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name }) => {
    const input = readdirSync(join(folder, name)).find(file => file.startsWith('user-data'))
    return input === undefined ? [] : [{ name, input: join(folder, name, input) }]
  })

function fresh(path: string, content: string): boolean {
  if (UPDATE) writeFileSync(path, content)
  return existsSync(path) && readFileSync(path, 'utf8') === content
}

for (const { name, input } of examples) {
  test(`the injected output beside examples/${name} is what the tool makes of it`, t => {
    const result = inject(readFileSync(input), { name: input })
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
    t.deepEqual(errors, [])
    t.true(fresh(join(folder, name, 'injected.txt'), Buffer.from(result.output ?? []).toString('utf8')))
  })

  test(`the registration beside examples/${name} is what the plan says`, t => {
    const { plan } = inject(readFileSync(input), { name: input })
    const registration = `${JSON.stringify(plan?.registration, undefined, 2)}\n`
    t.true(fresh(join(folder, name, 'expected-registration.json'), registration))
  })
}

test('there is an example of every kind that the README names', t => {
  t.deepEqual(
    examples
      .map(({ name }) => name)
      .filter(name => ['counting', 'dashboard', 'jinja', 'mime', 'script'].includes(name)),
    ['counting', 'dashboard', 'jinja', 'mime', 'script'],
  )
})
