import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { load } from 'js-yaml'
import { uninject } from '../../src/index.ts'
import { exampleFiles, examplesFolder } from './files.ts'

const tool = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** The programs of the platforms; each stand-in notes how it was called and what it was given. */
const PROGRAMS = ['aws', 'incus', 'lxc', 'multipass', 'openstack', 'qm', 'virt-install', 'xorriso'] as const
const STAND_IN = `#!/bin/sh
# Every word on a line; none of the examples has a word with a line break.
{ echo "> \${0##*/}"; printf '%s\\n' "$@"; } >> "$CALLS"
cat > "$CALLS.$1-$2"
case " $* " in *" -as mkisofs "*) for word; do last=$word; done; cp "\${last%/*}/user-data" "$CALLS.user-data" ;; esac
case " $* " in *" profile show "*) exit 1 ;; esac
`

/** What became of a script that ran in a copy of its folder, among stand-ins. */
interface Run {
  readonly folder: string
  readonly status: number | null
  readonly stderr: string
  readonly calls: readonly (readonly string[])[]
  readonly read: (name: string) => Buffer
}

const temporary = mkdtempSync(join(tmpdir(), 'consul-vm-inject-examples-'))
test.after.always(() => rmSync(temporary, { recursive: true, force: true }))
const bin = join(temporary, 'bin')
mkdirSync(bin)
for (const [name, text] of [
  ...PROGRAMS.map(name => [name, STAND_IN] as const),
  ['consul-vm-inject', `#!/bin/sh\nexec '${process.execPath}' '${tool}' "$@"\n`] as const,
]) {
  writeFileSync(join(bin, name), text)
  chmodSync(join(bin, name), 0o755)
}

/** Runs a script of the examples, with its folder as it is or after a change of it. */
function run(path: string, args: readonly string[], change?: (folder: string) => void): Run {
  const [name = '', script = ''] = path.split('/')
  const folder = join(mkdtempSync(join(temporary, 'run-')), name)
  cpSync(join(examplesFolder, name), folder, { recursive: true })
  change?.(folder)
  const calls = join(folder, 'calls')
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, CALLS: calls, SNIPPETS: folder }
  // From elsewhere, as a pipeline may call it.
  const { status, stderr } = spawnSync('sh', [join(folder, script), ...args], {
    input: '',
    encoding: 'utf8',
    env,
    cwd: temporary,
  })
  const noted = existsSync(calls) ? readFileSync(calls, 'utf8') : ''
  return {
    folder,
    status,
    stderr,
    calls: noted
      .split(/^> /m)
      .slice(1)
      .map(call => call.split('\n').slice(0, -1)),
    read: file => readFileSync(join(folder, file)),
  }
}

/** A script, how it is called, what it has to call in the end, and where the injected user-data is then. */
interface Case {
  readonly path: string
  readonly args: readonly string[]
  readonly calls: (folder: string) => readonly (readonly (string | RegExp)[])[]
  readonly given: (run: Run) => Buffer
}

const profile = ({ read }: Run): Buffer => {
  const { config } = load(read('calls.profile-edit').toString()) as { config: Readonly<Record<string, string>> }
  return Buffer.from(config['cloud-init.user-data'] ?? '')
}
const injected = ({ read }: Run): Buffer => read('web.injected')

const CASES: readonly Case[] = [
  {
    path: 'ec2-launch-template/create.sh',
    args: [],
    calls: () => [['aws', 'ec2', 'create-launch-template', '--cli-input-json', 'file://web.json']],
    given: ({ read }) => Buffer.from(JSON.parse(read('web.json').toString()).LaunchTemplateData.UserData, 'base64'),
  },
  ...(['lxc', 'incus'] as const).map(client => ({
    path: 'lxd/launch.sh',
    args: [client],
    calls: () => [
      [client, 'profile', 'show', 'web'],
      [client, 'profile', 'create', 'web'],
      [client, 'profile', 'edit', 'web'],
      [client, 'launch', client === 'lxc' ? 'ubuntu:24.04' : 'images:debian/12/cloud', 'web', '--vm'].concat(
        ['default', 'web'].flatMap(name => ['--profile', name]),
      ),
    ],
    given: profile,
  })),
  {
    path: 'proxmox/create.sh',
    args: ['9000', '101'],
    calls: () => [
      ['qm', 'clone', '9000', '101', '--name', 'web'],
      ['qm', 'set', '101', '--cicustom', 'user=local:snippets/web-101'],
      ['qm', 'start', '101'],
    ],
    given: ({ read }) => read('web-101'),
  },
  {
    path: 'multipass/launch.sh',
    args: [],
    calls: () => [['multipass', 'launch', '24.04', '--name', 'web', '--cloud-init', 'web.injected']],
    given: injected,
  },
  {
    path: 'libvirt/create.sh',
    args: [join(examplesFolder, 'libvirt', 'web.yaml')],
    calls: () => [
      [
        ...['virt-install', '--name', 'web', '--memory', '1024', '--vcpus', '2', '--osinfo', 'linux2022', '--import'],
        ...['--disk', /^size=10,backing_store=\/.*web\.yaml,backing_format=qcow2$/, '--network', 'network=default'],
        ...['--cloud-init', 'user-data=web.injected,meta-data=meta-data', '--noautoconsole'],
      ],
    ],
    given: injected,
  },
  {
    path: 'nocloud/make-seed.sh',
    args: [],
    calls: () => [
      [
        ...['xorriso', '-as', 'mkisofs', '-quiet', '-output', 'seed.iso', '-volid', 'cidata', '-joliet', '-rock'],
        ...[/\/user-data$/, /\/meta-data$/],
      ],
    ],
    given: ({ read }) => read('calls.user-data'),
  },
  {
    path: 'openstack/create.sh',
    args: ['debian-12', 'm1.small', 'private'],
    calls: () => [
      [
        ...['openstack', 'server', 'create', '--image', 'debian-12', '--flavor', 'm1.small', '--network', 'private'],
        ...['--user-data', 'web.injected', '--wait', 'web'],
      ],
    ],
    given: injected,
  },
]

for (const { path, args, calls, given } of CASES) {
  const called = `${path} ${args.join(' ')}`.trim()
  test(`${called} gives the platform what the tool made of web.yaml`, t => {
    const done = run(path, args)
    t.is(done.status, 0, done.stderr)
    const expected = calls(done.folder)
    t.is(done.calls.length, expected.length)
    for (const [at, words] of done.calls.entries()) {
      t.is(words.length, expected[at]?.length ?? 0, words.join(' '))
      for (const [index, word] of words.entries()) {
        const wanted = expected[at]?.[index] ?? ''
        if (typeof wanted === 'string') t.is(word, wanted)
        else t.regex(word, wanted)
      }
    }
    const { injected: was, output } = uninject(given(done))
    t.true(was)
    t.is(Buffer.from(output ?? []).toString(), done.read('web.yaml').toString())
  })

  test(`${called} calls nothing when web.yaml has a fault`, t => {
    const done = run(path, args, folder => {
      const file = join(folder, 'web.yaml')
      writeFileSync(file, readFileSync(file, 'utf8').replace('connect-service-port', 'connect-servce-port'))
    })
    t.is(done.status, 2)
    t.regex(done.stderr, /^error\[E201\]/)
    t.deepEqual(done.calls, [])
  })

  if (args.length > 0 && path !== 'lxd/launch.sh') {
    test(`${path} says what is missing`, t => {
      const done = run(path, args.slice(0, -1))
      t.not(done.status, 0)
      t.regex(done.stderr, / is missing$/m)
      t.deepEqual(done.calls, [])
    })
  }
}

test('every script beside a web.yaml is tried', t => {
  const scripts = exampleFiles.filter(
    path => path.endsWith('.sh') && exampleFiles.includes(path.replace(/[^/]+$/, 'web.yaml')),
  )
  t.deepEqual([...new Set(CASES.map(({ path }) => path))].sort(), [...scripts])
})
