import { posix } from 'node:path'
import test from 'ava'
import type { Call, Command } from '../../src/cli/command.ts'
import { commandNamed, DEFAULT } from '../../src/cli/commands.ts'
import { parse } from '../../src/cli/parse.ts'
import { uninject } from '../../src/index.ts'
import { runIn } from '../cli/world.ts'
import { type CommandLine, commandLines } from './commands.ts'
import { exampleFiles, readExample } from './files.ts'

/** The command of a line and what it is called with; throws what the tool would say of it. */
function read({ argv }: CommandLine): { readonly command: Command; readonly call: Call } {
  const named = commandNamed(argv[0] ?? '')
  const command = named ?? DEFAULT
  return { command, call: parse(command, named === undefined ? argv : argv.slice(1)) }
}

for (const line of commandLines) {
  test(`${line.path}:${line.line} calls the tool as it can be called: ${line.argv.join(' ')}`, t => {
    t.notThrows(() => read(line))
  })
}

test('a command line of an example names a file that is there, or a command', t => {
  for (const line of commandLines) {
    const { command, call } = read(line)
    const [file] = call.operands
    // With the user-data piped in there would be neither; no example does that.
    t.true(command.name !== 'inject' || file !== undefined, `${line.path}:${line.line}`)
    if (file === undefined) continue
    const beside = posix.join(line.path, '..', file)
    // web.yaml stands for the user's own file where there is none, and the guide has no files beside it.
    t.true(exampleFiles.includes(beside) || file === 'web.yaml' || line.path === 'README.md', beside)
  }
})

test('the commands of the examples are found, however they are written', t => {
  const found = new Set(commandLines.map(({ path, argv }) => `${path}: ${argv.join(' ')}`))
  for (const expected of [
    'ansible/bake-guest.yml: guest --values values.yaml',
    'environment/image.yml: guest',
    'packer/web-image.pkr.hcl: guest --values values.yaml',
    'packer/web-image.pkr.hcl: --profile prebuilt web.yaml',
    'proxmox/create.sh: --platform proxmox web.yaml -o $snippets/web-$id',
    'terraform/main.tf: terraform',
    'vagrant/Vagrantfile: --layout cloud-config web.yaml -o web.injected',
  ])
    t.true(found.has(expected), expected)
})

test('a script of the examples never calls the tool where a fault of it would go unseen', t => {
  for (const path of exampleFiles.filter(name => name.endsWith('.sh')))
    t.notRegex(readExample(path), /^[^#\n]*consul-vm-inject[^\n]*(?:\||`|\))/m, path)
})

for (const line of commandLines) {
  const folder = line.path.replace(/[^/]+$/, '')
  if (!line.argv.includes('web.yaml') || !exampleFiles.includes(`${folder}web.yaml`)) continue
  test(`${line.path}:${line.line} injects the web.yaml beside it: ${line.argv.join(' ')}`, async t => {
    const document = readExample(`${folder}web.yaml`)
    const { exit, stderr, stdout, written } = await runIn({ files: { 'web.yaml': document } }, ...line.argv)
    t.is(exit, 0, stderr)
    const { output } = uninject([...written.values(), stdout][0] ?? stdout)
    t.is(Buffer.from(output ?? []).toString('utf8'), document)
  })
}
