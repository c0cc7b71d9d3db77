import test from 'ava'
import { runIn, type World } from './world.ts'

const CONFIG = '#cloud-config\npackages: [nginx]\n'
const files = { 'web.yaml': CONFIG, '-odd.yaml': CONFIG, check: CONFIG, './check': CONFIG }

/** User-data that is not annotated comes back: whatever was read is on standard output. */
const reads = test.macro<[argv: readonly string[], stdout: string, world?: World]>({
  async exec(t, argv, stdout, world) {
    const outcome = await runIn({ files, stdin: '#stdin\n', ...world }, ...argv)
    t.is(outcome.exit, 0)
    t.is(outcome.stdout.toString(), stdout)
  },
  title: (title, argv = []) => `${title}: ${argv.join(' ')}`,
})

test('a file', reads, ['web.yaml'], CONFIG)
test('a file after the command', reads, ['inject', 'web.yaml'], CONFIG)
test('standard input without an operand', reads, [], '#stdin\n')
test('standard input with an option', reads, ['--quiet'], '#stdin\n')
test('standard input as -', reads, ['-'], '#stdin\n')
test('standard input as - after the command', reads, ['inject', '-'], '#stdin\n')
test('standard input as - even when it is a terminal', reads, ['-'], '#stdin\n', { stdinIsTerminal: true })
test('options after the operand', reads, ['web.yaml', '--quiet', '--output', 'json'], CONFIG)
test('options before the operand', reads, ['--output=json', '-q', 'web.yaml'], CONFIG)
test('a file that begins with a dash', reads, ['--', '-odd.yaml'], CONFIG)
test('a file that begins with a dash after the command', reads, ['inject', '-q', '--', '-odd.yaml'], CONFIG)
test('a file that has the name of a command', reads, ['inject', 'check'], CONFIG)
test('a file that has the name of a command, by its path', reads, ['./check'], CONFIG)
test('- as the file to write is standard output', reads, ['web.yaml', '-o', '-'], CONFIG)
test('the last of two is taken', reads, ['--color', 'always', '--color', 'never', 'web.yaml'], CONFIG)

const writes = test.macro<[argv: readonly string[]]>({
  async exec(t, argv) {
    const { exit, stdout, written } = await runIn({ files }, ...argv)
    t.is(exit, 0)
    t.is(stdout.toString(), '')
    t.deepEqual([...written], [['out', Buffer.from(CONFIG)]])
  },
  title: (_, argv = []) => `a file is written instead of standard output: ${argv.join(' ')}`,
})

test(writes, ['web.yaml', '-o', 'out'])
test(writes, ['-oout', 'web.yaml'])
test(writes, ['-qo', 'out', 'web.yaml'])
test(writes, ['-qoout', 'web.yaml'])
test(writes, ['--output-file=out', 'web.yaml'])
test(writes, ['inject', '--output-file', 'out', '--', 'web.yaml'])

test('on an error no file is written', async t => {
  const { exit, written } = await runIn({ files }, 'web.yaml', '-a', 'connect-inject=maybe', '-o', 'out')
  t.is(exit, 2)
  t.is(written.size, 0)
})

test('a value may hold anything after its first equals sign', async t => {
  const argv = ['-a', 'connect-inject=true', '-aconnect-service=web', '--annotation=envoy-extra-args=--log-level=debug']
  const { stdout } = await runIn({}, '--profile=prebuilt', ...argv)
  t.regex(stdout.toString(), /^ +"service": "web",$/m)
  t.regex(stdout.toString(), /^ +" {2}--log-level=debug",$/m)
})

for (const argv of [['--version'], ['check', '--version'], ['web.yaml', '--version', 'too', 'many']]) {
  test(`the version is shown: ${argv.join(' ')}`, async t => {
    const { exit, stdout, stderr } = await runIn({ files }, ...argv)
    t.is(exit, 0)
    t.regex(stdout.toString(), /^\d+\.\d+\.\d+\S*\n$/)
    t.is(stderr, '')
  })
}

for (const argv of [['--help'], ['-h'], ['help'], ['--quiet', '--help'], ['web.yaml', '-qh']]) {
  test(`the help of the tool is shown: ${argv.join(' ')}`, async t => {
    const { exit, stdout } = await runIn({ files }, ...argv)
    t.is(exit, 0)
    t.regex(stdout.toString(), /^consul-vm-inject \[COMMAND\]/)
  })
}

for (const argv of [
  ['check', '--help'],
  ['help', 'check'],
  ['check', 'web.yaml', '-h'],
]) {
  test(`the help of a command is shown: ${argv.join(' ')}`, async t => {
    const { exit, stdout } = await runIn({ files }, ...argv)
    t.is(exit, 0)
    t.regex(stdout.toString(), /^consul-vm-inject check \[OPTIONS\] \[FILE\|DIR\.\.\.\]\n/)
  })
}
