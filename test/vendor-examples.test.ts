import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { readYaml } from '../src/decode/yaml.ts'
import { toData } from '../src/decode/yaml-data.ts'
import { openstackVendorData, staticVendorData } from '../src/index.ts'
import { projectFolder } from './shared.ts'

const folder = join(projectFolder, 'examples', 'vendor-data')
const path = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')
const UPDATE = process.env['UPDATE_GOLDEN'] === '1'

const document = Buffer.from(staticVendorData().output ?? []).toString('utf8')

test('the profile for LXD and Incus carries the document that the tool writes', t => {
  const HEAD = '  cloud-init.vendor-data: |\n'
  if (UPDATE) {
    const text = read('lxd-profile.yaml')
    const head = text.slice(0, text.indexOf(HEAD) + HEAD.length)
    writeFileSync(path('lxd-profile.yaml'), head + document.replaceAll(/^(?=.)/gm, '    '))
  }
  const yaml = readYaml(read('lxd-profile.yaml'))
  if (!yaml.ok) return t.fail(yaml.message)
  const { name, config } = toData(yaml.root) as { name: string; config: Readonly<Record<string, string>> }
  t.is(name, 'consul-mesh')
  t.deepEqual(Object.keys(config), ['cloud-init.vendor-data'])
  t.is(config['cloud-init.vendor-data'] ?? '', document)
})

test('the vendor_data.json for OpenStack carries it under the key that cloud-init looks for', t => {
  if (UPDATE) writeFileSync(path('openstack/vendor_data.json'), openstackVendorData(Buffer.from(document)))
  const given = JSON.parse(read('openstack/vendor_data.json')) as Readonly<Record<string, string>>
  t.deepEqual(Object.keys(given), ['cloud-init'])
  t.is(given['cloud-init'] ?? '', document)
})

test('the lines for nova name the file that the command in them writes', t => {
  const text = read('openstack/nova.conf')
  const [, file] = /^vendordata_jsonfile_path = (\S+)$/m.exec(text) ?? []
  t.true(text.includes(`consul-vm-inject vendor-data --static --form openstack --output-file ${file}\n`))
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  t.is(lines[0], '[api]')
  for (const line of lines.slice(1)) t.regex(line, /^vendordata_[a-z_]+ = \S+$/)
})

/** Runs an example where `consul-vm-inject` is the tool and other programs write down their arguments, one a line. */
function runs(
  t: ExecutionContext,
  script: string,
  argv: readonly string[],
  programs: Readonly<Record<string, string>>,
): { readonly calls: readonly (readonly string[])[]; readonly temporary: string } {
  const temporary = mkdtempSync(join(tmpdir(), 'consul-vm-inject-'))
  t.teardown(() => rmSync(temporary, { recursive: true }))
  const bin = join(temporary, 'bin')
  mkdirSync(bin)
  const record = `for word; do printf '%s\\n' "$word"; done >> '${temporary}/calls'; echo >> '${temporary}/calls'\n`
  const tool = `exec '${process.execPath}' '${join(projectFolder, 'dist/src/cli/main.js')}' "$@"\n`
  const contents = { ...programs, 'consul-vm-inject': tool }
  for (const [name, body] of Object.entries(contents)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body.replace('RECORD', record)}`)
    chmodSync(join(bin, name), 0o755)
  }
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, SNIPPETS: temporary }
  const { status, stderr } = spawnSync('sh', [path(script), ...argv], { env, encoding: 'utf8' })
  t.is(status, 0, stderr)
  const calls = readFileSync(join(temporary, 'calls'), 'utf8').split('\n\n').slice(0, -1)
  return { calls: calls.map(call => call.split('\n')), temporary }
}

test('the script for Proxmox writes the snippet and keeps what else a VM has', t => {
  const qm = `if [ "$1" = config ]; then
  if [ "$2" = 101 ]; then echo "name: web"; echo "cicustom: user=local:snippets/u.yaml,vendor=old:snippets/v,meta=local:snippets/m"; fi
  exit 0
fi
RECORD`
  const { calls, temporary } = runs(t, 'proxmox.sh', ['100', '101'], { qm })
  const ours = 'vendor=local:snippets/consul-mesh.vendor-data'
  t.deepEqual(calls, [
    ['set', '100', '--cicustom', ours],
    ['set', '101', '--cicustom', `user=local:snippets/u.yaml,meta=local:snippets/m,${ours}`],
  ])
  t.is(readFileSync(join(temporary, 'consul-mesh.vendor-data'), 'utf8'), document)
})

test('the script for vSphere hands over the packed document, small enough for a guestinfo value', t => {
  const { calls } = runs(t, 'vmware.sh', ['web-1'], { govc: 'RECORD' })
  t.is(calls.length, 1)
  const [packed = '', encoding] = calls[0]?.filter(word => word.startsWith('guestinfo.')) ?? []
  t.is(encoding, 'guestinfo.vendordata.encoding=gzip+base64')
  t.deepEqual(calls[0]?.slice(0, 3), ['vm.change', '-vm', 'web-1'])
  t.is(gunzipSync(Buffer.from(packed.replace('guestinfo.vendordata=', ''), 'base64')).toString('utf8'), document)
  t.true(packed.length < 64 * 1024)
})
