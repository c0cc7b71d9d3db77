import { basename, join } from 'node:path'
import test, { type TestFn } from 'ava'
import { loadAll } from 'js-yaml'
import { installed, runTool } from '../cli/tool.ts'
import { exampleFiles, examplesFolder, readExample } from './files.ts'
import { mapOf, readHcl } from './hcl.ts'

/** A test for which a program has to be there: without it a plain skip, where everything is to be installed a failure. */
const where = (program: string): TestFn =>
  installed(program) || process.env['CONSUL_VM_INJECT_NO_SKIP'] === '1' ? test : (test.skip as unknown as TestFn)

/** What a file is, by its name. The first row that fits counts. */
const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^(?:injected\.txt|expected-.*|user-data.*)$/, 'user-data'],
  [/^Vagrantfile$/, 'ruby'],
  [/\.sh$/, 'sh'],
  [/\.json$/, 'json'],
  [/\.(?:tf|hcl)$/, 'hcl'],
  [/\.ya?ml$|^meta-data$/, 'yaml'],
  // What no parser here knows: the tests of what it belongs to look at it.
  [/\.(?:conf|service|socket|md|svg|ts)$|^Containerfile$/, 'other'],
]
const kindOf = (path: string): string | undefined => KINDS.find(([pattern]) => pattern.test(basename(path)))?.[1]
const files = (kind: string): readonly string[] => exampleFiles.filter(path => kindOf(path) === kind)

test('every file of the examples is of a kind that is checked', t => {
  t.deepEqual(
    exampleFiles.filter(path => kindOf(path) === undefined),
    [],
  )
  for (const kind of ['ruby', 'sh', 'json', 'hcl', 'yaml']) t.true(files(kind).length > 0, kind)
})

where('shellcheck')('shellcheck has nothing to say of a script of the examples', t => {
  t.is(runTool('shellcheck', ['-s', 'sh', ...files('sh').map(path => join(examplesFolder, path))]), '')
})

test('a script of the examples says at its head what it does, and stops at the first fault', t => {
  for (const path of files('sh')) t.regex(readExample(path), /^#!\/bin\/sh\n# [A-Z][\s\S]*^set -eu$/m, path)
})

for (const path of files('yaml')) {
  test(`${path} is YAML`, t => {
    t.notThrows(() => loadAll(readExample(path)))
  })
}

for (const path of files('json')) {
  test(`${path} is JSON`, t => {
    t.notThrows(() => JSON.parse(readExample(path)))
  })
}

for (const path of files('hcl')) {
  test(`${path} is balanced, and what it refers to is declared in it`, t => {
    const { faults, declared, referred } = readHcl(readExample(path))
    t.deepEqual(faults, [])
    t.true(referred.size > 0)
    t.deepEqual(
      [...referred].filter(address => !declared.has(address)),
      [],
    )
  })

  // Terraform is in no distribution: where it is not installed there is no other parser to ask.
  const ofTerraform = installed('terraform') ? test : test.skip
  ofTerraform(`${path} is written as terraform fmt would write it`, t => {
    t.notThrows(() => runTool('terraform', ['fmt', '-check', '-'], readExample(path)))
  })
}

const BROKEN = {
  'a bracket that is never closed': 'data "a" "b" {\n  c = [1, 2\n}\n',
  'a bracket that closes nothing': 'c = 1 }\n',
  'a quote that is never closed': 'c = "a\nd = 2\n',
}
for (const [what, text] of Object.entries(BROKEN)) {
  test(`the check of HCL finds ${what}`, t => {
    t.not(readHcl(text).faults.length, 0)
  })
}

test('the check of HCL finds a reference to what is not declared, in an expression and in a string', t => {
  const { declared, referred } = readHcl('variable "a" {\n}\nb = var.c\nd = "${var.a}-${data.x.y}"\n# var.e\n')
  t.deepEqual([...declared], ['var.a'])
  t.deepEqual([...referred], ['var.c', 'var.a', 'data.x.y'])
})

where('ruby')('the Vagrantfile is Ruby', t => {
  for (const path of files('ruby')) t.is(runTool('ruby', ['-c', join(examplesFolder, path)]), 'Syntax OK\n')
})

test('the Vagrantfile gives one cloud-config, since Vagrant takes no MIME', t => {
  const text = readExample('vagrant/Vagrantfile')
  t.regex(text, /cloud_init :user_data, content_type: "text\/cloud-config", path: "web\.injected"/)
  t.is(text.match(/\bdo \|/g)?.length, text.match(/^\s*end$/gm)?.length)
})

test('the template of Heat hands the injected file on as it is', t => {
  const [template] = loadAll(readExample('openstack/stack.yaml')) as readonly {
    parameters: object
    resources: { web: { type: string; properties: Readonly<Record<string, unknown>> } }
  }[]
  const { type, properties } = template?.resources.web ?? { type: '', properties: {} }
  t.is(type, 'OS::Nova::Server')
  t.is(properties['user_data_format'], 'RAW')
  t.deepEqual(properties['user_data'], { get_file: 'web.injected' })
  const asked = [...JSON.stringify(properties).matchAll(/"get_param":"(\w+)"/g)].map(([, name]) => name)
  t.deepEqual(asked.sort(), Object.keys(template?.parameters ?? {}).sort())
})

test('the launch template names an image, a type and where the user-data goes', t => {
  const { LaunchTemplateName: name, LaunchTemplateData: data } = JSON.parse(
    readExample('ec2-launch-template/launch-template.json'),
  )
  t.is(name, 'web')
  t.regex(data.ImageId, /^ami-/)
  t.is(typeof data.InstanceType, 'string')
  t.is(data.UserData, 'USER_DATA_IN_BASE64')
})

test('the playbook pipes the installer of the tool', t => {
  const [plays] = loadAll(readExample('ansible/bake-guest.yml')) as readonly (readonly {
    tasks: readonly Readonly<Record<string, { cmd?: string; stdin?: string }>>[]
  }[])[]
  const commands = plays?.[0]?.tasks.map(task => task['ansible.builtin.command'])
  t.is(commands?.[0]?.cmd, 'consul-vm-inject guest --values values.yaml')
  t.is(commands?.[1]?.stdin, '{{ installer.stdout }}')
})

test('the Packer template uploads and runs the installer of the tool', t => {
  const text = readExample('packer/web-image.pkr.hcl')
  t.regex(text, /consul-vm-inject guest --values values\.yaml > install-guest\.sh/)
  t.regex(text, /source +?= "install-guest\.sh"\n +destination = "\/tmp\/install-guest\.sh"/)
  t.regex(text, /sudo sh \/tmp\/install-guest\.sh/)
})

test('the map of a Terraform file is read key by key', t => {
  t.deepEqual(
    [...mapOf('a = {\n  b   = 1\n  cde = f("g")\n}\n', 'a')],
    [
      ['b', '1'],
      ['cde', 'f("g")'],
    ],
  )
})
