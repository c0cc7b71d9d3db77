import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { inject } from '../src/index.ts'
import { trafficSvg } from '../src/preview/traffic/svg.ts'
import { trafficOf } from '../src/preview/traffic/traffic.ts'
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

/** What stands beside an example, after an update where one is asked for; undefined when there is nothing. */
function beside(path: string, content: string): string | undefined {
  if (UPDATE) writeFileSync(path, content)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

for (const { name, input } of examples) {
  test(`the injected output beside examples/${name} is what the tool makes of it`, t => {
    const result = inject(readFileSync(input), { name: input })
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error')
    t.deepEqual(errors, [])
    const output = Buffer.from(result.output ?? []).toString('utf8')
    t.is(beside(join(folder, name, 'injected.txt'), output), output)
  })

  test(`the registration beside examples/${name} is what the plan says`, t => {
    const { plan } = inject(readFileSync(input), { name: input })
    const registration = `${JSON.stringify(plan?.serviceConfig.plan.registration, undefined, 2)}\n`
    t.is(beside(join(folder, name, 'expected-registration.json'), registration), registration)
  })
}

test('the picture beside examples/dashboard is that of its traffic', t => {
  const { plan } = inject(readFileSync(join(folder, 'dashboard', 'user-data.yaml')))
  const picture = plan === undefined ? '' : trafficSvg(trafficOf(plan))
  t.is(beside(join(folder, 'dashboard', 'traffic.svg'), picture), picture)
})

test('there is an example of every kind that the README names', t => {
  t.deepEqual(
    examples
      .map(({ name }) => name)
      .filter(name => ['counting', 'dashboard', 'jinja', 'mime', 'script'].includes(name)),
    ['counting', 'dashboard', 'jinja', 'mime', 'script'],
  )
})
