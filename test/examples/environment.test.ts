import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { loadAll } from 'js-yaml'
import { decode } from '../../src/decode/decode.ts'
import { yamlOf } from '../../src/decode/user-data.ts'
import { uninject } from '../../src/index.ts'
import { installed } from '../cli/tool.ts'
import { examplesFolder, readExample } from './files.ts'

const tool = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), 'consul-vm-inject-environment-'))
test.after.always(() => rmSync(temporary, { recursive: true, force: true }))
const bin = join(temporary, 'bin')
mkdirSync(bin)
for (const [name, text] of [
  ['consul-vm-inject', `exec '${process.execPath}' '${tool}' "$@"`],
  // xorriso as mkisofs: the last words are the files, and the ISO is what -output names.
  ['xorriso', 'while [ "$1" != -output ]; do shift; done; out=$2; for file; do :; done; cat "$7" "$8" > "$out"'],
] as const) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
  chmodSync(join(bin, name), 0o755)
}
const folder = join(temporary, 'examples')
cpSync(examplesFolder, folder, { recursive: true })
const seeds = join(folder, 'environment', 'seeds')

const make = (...args: readonly string[]): { status: number | null; stderr: string } =>
  spawnSync('sh', [join(folder, 'environment', 'make-seeds.sh'), ...args], {
    encoding: 'utf8',
    cwd: temporary,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  })

test.serial('make-seeds.sh says which flavors there are', t => {
  t.regex(make().stderr, /the flavor, boot or image, is missing/)
  t.is(make('both').status, 2)
})

for (const [flavor, size] of [
  ['boot', [10_000, 30_000]],
  ['image', [1500, 9000]],
] as const) {
  test.serial(`make-seeds.sh ${flavor} makes user-data that is the example's own when it is uninjected`, t => {
    const done = make(flavor)
    t.is(done.status, 0, done.stderr)
    t.notRegex(done.stderr, /^(?:warning|error)/m)
    for (const name of ['counting', 'dashboard']) {
      const made = readFileSync(join(seeds, `${name}.yaml`))
      const { injected, output } = uninject(made)
      t.true(injected)
      t.is(Buffer.from(output ?? []).toString(), readExample(`${name}/user-data.yaml`))
      t.true(made.length > size[0] && made.length < size[1], `${made.length} bytes`)
      const [document] = decode(made, name).userData.earlier?.carrier.documents ?? []
      t.is(document?.format, 'cloud-config')
      t.true(document !== undefined && yamlOf(document).ok)
      const text = made.toString()
      t.regex(text, /"retry_join": \["192\.168\.56\.10"\]/)
      t.regex(text, /"bind_addr": "\{\{ GetAllInterfaces \| include/)
      t.is(text.includes('/usr/local/bin/consul-mesh-packages'), flavor === 'boot')
    }
    t.is(readFileSync(join(seeds, 'server.yaml'), 'utf8'), readExample('environment/server.yaml'))
    for (const name of ['server', 'counting', 'dashboard']) {
      const iso = readFileSync(join(seeds, `${name}.iso`), 'utf8')
      t.true(iso.startsWith('#cloud-config\n'))
      t.true(iso.endsWith(`instance-id: ${name}-${flavor}\nlocal-hostname: ${name}\n`))
    }
  })
}

/** Stands for Vagrant: notes what a Vagrantfile tells it, of every machine by the provider. */
const STAND_IN = `
require "json"
class Told
  attr_reader :all
  def initialize(all, path) @all, @path = all, path end
  def method_missing(name, *words, &block)
    path = (@path + [name.to_s.delete_suffix("=")]).join(".")
    if name.end_with?("=")
      @all[path] = words[0]
    elsif %i[define provider].include?(name)
      path = (name == :define ? [] : @path) + [words[0]]
      block.call(*[path, path + ["override"]].first(block.arity).map { |own| Told.new(@all, own) })
    elsif words.empty?
      Told.new(@all, @path + [name.to_s])
    else
      @all[path] = words
      block&.call(Told.new(@all, @path + [name.to_s]))
    end
  end
  def respond_to_missing?(*) true end
end
module Vagrant
  def self.configure(version)
    raise version unless version == "2"
    all = {}
    yield Told.new(all, [])
    puts JSON.generate(all)
  end
end
load ARGV[0]
`

/** What the Vagrantfile tells Vagrant, by path. */
function told(flavor: string): Readonly<Record<string, unknown>> {
  const { FLAVOR: _, BOX: __, ...env } = process.env
  const { stdout, stderr } = spawnSync('ruby', ['-e', STAND_IN, join(examplesFolder, 'environment', 'Vagrantfile')], {
    encoding: 'utf8',
    env: flavor === 'boot' ? env : { ...env, FLAVOR: flavor },
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>
}

const withRuby = installed('ruby') || process.env['CONSUL_VM_INJECT_NO_SKIP'] === '1' ? test : test.skip
const ADDRESSES = { server: '192.168.56.10', counting: '192.168.56.11', dashboard: '192.168.56.12' }

for (const flavor of ['boot', 'image']) {
  withRuby(`the Vagrantfile describes three machines for both providers: ${flavor}`, t => {
    const all = told(flavor)
    for (const [name, ip] of Object.entries(ADDRESSES)) {
      const baked = flavor === 'image' && name !== 'server'
      t.is(all[`${name}.vm.box`], baked ? 'consul-mesh' : 'cloud-image/ubuntu-22.04')
      t.is(all[`${name}.vm.hostname`], name)
      t.deepEqual(all[`${name}.vm.network`], ['private_network', { ip }])
      t.deepEqual(all[`${name}.vm.virtualbox.override.vm.cloud_init`], [
        'user_data',
        { content_type: 'text/cloud-config', path: `seeds/${name}.yaml` },
      ])
      t.deepEqual(all[`${name}.vm.libvirt.storage`], [
        'file',
        { device: 'cdrom', path: join(examplesFolder, `environment/seeds/${name}.iso`) },
      ])
    }
    t.deepEqual(all['image.vm.provision'], ['ansible'])
    t.is(all['image.vm.provision.playbook'], 'image.yml')
  })
}

test('the addresses of the environment are the same wherever they stand', t => {
  t.regex(readExample('environment/server.yaml'), /bind_addr = "192\.168\.56\.10"/)
  t.regex(readExample('environment/mesh.yaml'), /retry-join: "192\.168\.56\.10"/)
  for (const address of Object.values(ADDRESSES)) t.true(readExample('environment/README.md').includes(address))
})

test('the playbook of the image installs the guest files before Consul and Envoy, and leaves no instance behind', t => {
  const [plays] = loadAll(readExample('environment/image.yml')) as readonly (readonly {
    tasks: readonly Readonly<Record<string, { cmd?: string; stdin?: string }>>[]
  }[])[]
  const tasks = plays?.[0]?.tasks ?? []
  const commands = tasks.map(task => (task['ansible.builtin.command'] ?? task['ansible.builtin.shell'])?.cmd)
  t.is(tasks[1]?.['ansible.builtin.command']?.stdin, '{{ installer.stdout }}')
  t.deepEqual(commands, [
    'consul-vm-inject guest',
    'sh',
    '/usr/local/bin/consul-mesh-packages',
    'cloud-init clean --logs && truncate --size=0 /etc/machine-id',
  ])
})

test('the README names no file of the environment that is not there', t => {
  for (const [, name = ''] of readExample('environment/README.md').matchAll(/(?:\]\(|sh )([\w.-]+\.(?:sh|yaml|yml))/g))
    t.notThrows(() => readExample(`environment/${name}`), name)
})
