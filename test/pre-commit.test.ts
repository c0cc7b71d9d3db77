import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { load } from 'js-yaml'
import { commandNamed } from '../src/cli/commands.ts'
import { parse } from '../src/cli/parse.ts'
import { projectFolder } from './shared.ts'

interface Hook {
  readonly id: string
  readonly name: string
  readonly language: string
  readonly entry: string
  readonly args: readonly string[]
  readonly files: string
  readonly types: readonly string[]
}
const read = (name: string): string => readFileSync(join(projectFolder, name), 'utf8')
const hooks = load(read('.pre-commit-hooks.yaml')) as readonly Hook[]
const [hook] = hooks
const pattern = new RegExp(hook?.files ?? '(?!)')

test('there is one hook, for Node, with an id and a name', t => {
  t.is(hooks.length, 1)
  t.is(hook?.id, 'consul-vm-inject-check')
  t.is(hook?.language, 'node')
  t.regex(hook?.name ?? '', /^check /)
})

test('the hook runs a program of the package, with a command that takes many files and options that it has', t => {
  const [program = '', name = '', ...others] = hook?.entry.split(' ') ?? []
  const { bin } = JSON.parse(read('package.json')) as { readonly bin: Readonly<Record<string, string>> }
  t.true(program in bin)
  t.deepEqual(others, [])
  const command = commandNamed(name)
  if (command === undefined) return t.fail(`there is no command ${name}`)
  const { operands } = parse(command, [...(hook?.args ?? []), 'user-data/web', 'user-data/api'])
  t.deepEqual(operands, ['user-data/web', 'user-data/api'])
})

for (const path of [
  'user-data',
  'userdata',
  'user_data.yaml',
  'user-data/web.yaml',
  'vm/userdata/web',
  'examples/counting/user-data.yaml',
  'cloud-init.yaml',
  'cloud-config.yml',
  'cloud_init/db.sh',
  'web.user-data',
  'web-cloud-init.yaml',
  'web.cloud-config.yaml',
]) {
  test(`the hook takes ${path}`, t => t.regex(path, pattern))
}

for (const path of [
  'README.md',
  'docker-compose.yaml',
  'src/user-database.ts',
  'superuser/datafile',
  'meta-data',
  'clouds.yaml',
]) {
  test(`the hook leaves ${path} alone`, t => t.notRegex(path, pattern))
}
