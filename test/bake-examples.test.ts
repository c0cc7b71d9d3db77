import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { readYaml } from '../src/decode/yaml.ts'
import { toData } from '../src/decode/yaml-data.ts'
import { projectFolder } from './shared.ts'

const read = (path: string): string => readFileSync(join(projectFolder, 'examples', path), 'utf8')

test('the Ansible playbook is YAML and pipes the installer of this tool', t => {
  const yaml = readYaml(read('ansible/bake-guest.yml'))
  if (!yaml.ok) return t.fail(yaml.message)
  const [play] = toData(yaml.root) as readonly { tasks: readonly Record<string, { cmd?: string; stdin?: string }>[] }[]
  const commands = play?.tasks.map(task => task['ansible.builtin.command'])
  t.is(commands?.[0]?.cmd, 'consul-vm-inject guest')
  t.is(commands?.[1]?.stdin, '{{ installer.stdout }}')
})

test('the Packer template is balanced and runs the installer of this tool', t => {
  const text = read('packer/web-image.pkr.hcl')
  // Strings and comments out of the way, every bracket has its partner.
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/#.*$/gm, '')
  const stack: string[] = []
  for (const sign of bare.replace(/[^{}[\]()]/g, '')) {
    if ('{[('.includes(sign)) stack.push(sign)
    else t.is(stack.pop(), { '}': '{', ']': '[', ')': '(' }[sign])
  }
  t.deepEqual(stack, [])
  t.regex(text, /sudo sh \/tmp\/install-guest\.sh/)
  t.regex(text, /consul-vm-inject guest > install-guest\.sh/)
})
