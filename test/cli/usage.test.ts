import test from 'ava'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/run.ts'
import { hang } from '../../src/report/wrap.ts'
import { runIn, type World } from './world.ts'

const CONFIG = '#cloud-config\n# consul.hashicorp.com/connect-service: web\n'
const files = { 'web.yaml': CONFIG, 'values.yaml': '{}' }

/** Bad usage: exit 2, nothing on standard output, and this on standard error. */
const refused = test.macro<[argv: readonly string[], stderr: string, world?: World]>({
  async exec(t, argv, stderr, world) {
    const outcome = await runIn({ files, ...world }, ...argv)
    t.is(outcome.stderr, stderr)
    t.is(outcome.exit, 2)
    t.is(outcome.stdout.toString(), '')
    t.is(outcome.written.size, 0)
  },
  title: (title, argv = []) => `refused: ${title ?? argv.join(' ')}`,
})

test(refused, ['--anotation', 'a=b'], 'error: there is no option --anotation\n  = help: did you mean --annotation?\n')
test(refused, ['check', '--out=x'], 'error: there is no option --out\n  = help: did you mean --output?\n')
test(
  refused,
  ['check', '--frobnicate'],
  'error: there is no option --frobnicate\n  = help: try `consul-vm-inject check --help`\n',
)
test(refused, ['-x'], 'error: there is no option -x\n  = help: try `consul-vm-inject inject --help`\n')
test(refused, ['-qx'], 'error: there is no option -x\n  = help: try `consul-vm-inject inject --help`\n')
test(
  refused,
  ['man', '--profile', 'full'],
  'error: there is no option --profile\n  = help: try `consul-vm-inject man --help`\n',
)
test(refused, ['--metadata'], 'error: --metadata needs a value: FILE\n  = help: try `consul-vm-inject inject --help`\n')
test(refused, ['-a'], 'error: -a needs a value: KEY=VALUE\n  = help: try `consul-vm-inject inject --help`\n')
test(refused, ['--values='], 'error: --values needs a value: FILE\n  = help: try `consul-vm-inject inject --help`\n')
test(
  refused,
  ['-a', '--strict', 'web.yaml'],
  'error: -a needs a value, and --strict looks like an option\n' +
    '  = help: if it is the value, write --annotation=--strict\n',
)
test(refused, ['--strict=yes'], 'error: --strict takes no value\n  = help: try `consul-vm-inject inject --help`\n')
test(
  refused,
  ['--profile', 'prebuild', 'web.yaml'],
  'error: --profile prebuild is not one of full, prebuilt, fetch\n  = help: did you mean prebuilt?\n',
)
test(
  refused,
  ['--output=xml', 'web.yaml'],
  'error: --output xml is not one of pretty, json\n  = help: try `consul-vm-inject inject --help`\n',
)
test(refused, ['injct', 'web.yaml'], 'error: there is no file and no command injct\n  = help: did you mean inject?\n')
test(refused, ['expalin'], 'error: there is no file and no command expalin\n  = help: did you mean explain?\n')
test(
  refused,
  ['schema', 'web.yaml'],
  'error: there is no schema of web.yaml\n  = help: name one of annotations, preview\n',
)
test('preview of a manifest is refused with the way to see it', async t => {
  const manifest = 'apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n'
  const { exit, stdout, stderr } = await runIn({ stdin: manifest }, 'preview')
  t.deepEqual([exit, stdout.length], [2, 0])
  t.regex(stderr, /is a Kubernetes manifest: preview shows user-data[\s\S]*kubectl diff/)
})
test(refused, ['missing.yaml'], 'error: cannot read missing.yaml: there is no such file\n')
test(refused, ['check', 'folder/'], 'error: cannot read folder/: it is a directory\n')
test(refused, ['--values', 'missing.yaml', 'web.yaml'], 'error: cannot read missing.yaml: there is no such file\n')
test(
  refused,
  ['--default-inject', 'web.yaml', '-o', 'missing/out'],
  'error: cannot write missing/out: there is no such directory\n',
)
test(
  refused,
  ['--values', '-', '-'],
  'error: standard input cannot be both --values - and the user-data\n  = help: name a file for one of them\n',
)
test(
  refused,
  ['--values', '-', '--metadata', '-', 'web.yaml'],
  'error: standard input cannot be both --metadata - and --values -\n  = help: name a file for one of them\n',
)
test(
  'no operand and a terminal for standard input',
  refused,
  [],
  'error: there is no user-data: name a file, or pipe it in\n  = help: try `consul-vm-inject --help`\n',
  { stdinIsTerminal: true },
)
test(refused, ['help', 'injekt'], 'error: there is no command injekt\n  = help: did you mean inject?\n')
test(
  refused,
  ['help', 'xyzzy'],
  `error: there is no command xyzzy\n${hang('  = help: ', `the commands are ${COMMAND_NAMES.join(', ')}`)}\n`,
)
test(refused, ['completion'], 'error: completion needs the name of a shell\n  = help: name one of bash, zsh, fish\n')
test(refused, ['completion', 'fihs'], 'error: there is no completion for fihs\n  = help: did you mean fish?\n')
test(refused, ['completion', 'tcsh'], 'error: there is no completion for tcsh\n  = help: name one of bash, zsh, fish\n')
test(
  refused,
  ['explain', 'connect-servise'],
  'error: there is no annotation connect-servise\n  = help: did you mean connect-service?\n',
)
test(
  'a name with control characters',
  refused,
  ['\u001b[31mred'],
  'error: cannot read ␛[31mred: there is no such file\n',
)

test('a file that has a name near to a command is read as a file', async t => {
  const { exit, stdout } = await runIn({ files: { injct: CONFIG } }, 'injct')
  t.is(exit, 0)
  t.is(stdout.toString(), CONFIG)
})

test('bad usage is coloured as diagnostics are', async t => {
  for (const color of [['--color', 'always'], ['--color=always']]) {
    const { stderr } = await runIn({}, ...color, '--nonsense')
    t.regex(stderr, /^\u001b\[1;31merror/)
  }
  t.notRegex((await runIn({ stderrIsTerminal: true }, '--color=never', '--nonsense')).stderr, /\u001b/)
  t.regex((await runIn({ stderrIsTerminal: true }, '--nonsense')).stderr, /\u001b/)
})

test('NO_COLOR and dumb terminals are honoured, an empty NO_COLOR counts as none', async t => {
  const coloured = async (env: Record<string, string>): Promise<boolean> =>
    (await runIn({ stderrIsTerminal: true, env }, '--nonsense')).stderr.includes('\u001b')
  t.true(await coloured({ NO_COLOR: '' }))
  t.false(await coloured({ NO_COLOR: '1' }))
  t.false(await coloured({ TERM: 'dumb' }))
})

test('a fault of the tool is told as such, has a status of its own and never that of a change', async t => {
  let stderr = ''
  const broken = {
    env: {},
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    now: () => 0,
    inTime: <T>(judge: () => T): T => judge(),
    stat: () => undefined,
    list: () => [],
    realPath: (path: string) => path,
    staging: () => {
      throw new Error('no')
    },
    readStdin: () => Promise.reject(new Error('no')),
    readFile: () => Promise.reject(new Error('no')),
    runScript: () => Promise.reject(new Error('no')),
    writeFile: () => Promise.reject(new Error('no')),
    process: { pid: 1, memory: () => 0, onSignal: () => () => {} },
    stdout: () => {
      throw new TypeError('the roof is on fire')
    },
    stderr: (text: string) => {
      stderr += text
    },
  }
  t.is(await run(['--version'], broken), 70)
  t.regex(stderr, /^error: consul-vm-inject \d.* failed\n {2}= help: this is a fault of the tool: please report it\n/)
  t.regex(stderr, /TypeError: the roof is on fire\n {4}at /)
})
