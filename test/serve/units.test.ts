import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { optionsOf } from '../../src/cli/options.ts'
import { parse } from '../../src/cli/parse.ts'
import { serveCommand } from '../../src/cli/serve.ts'
import { directorySeeds } from '../../src/serve/seeds.ts'
import { installed } from '../cli/tool.ts'
import { projectFolder } from '../shared.ts'
import { ask, stateOf } from './handlers.ts'

const at = (name: string): string => join(projectFolder, 'examples', 'serve', name)
const service = readFileSync(at('consul-vm-inject.service'), 'utf8')
const socket = readFileSync(at('consul-vm-inject.socket'), 'utf8')

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-units-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))
const [serviceFile, socketFile] = ['service', 'socket'].map(kind => join(folder, `consul-vm-inject.${kind}`))
writeFileSync(serviceFile ?? '', service.replaceAll('/usr/bin/consul-vm-inject', process.execPath))
writeFileSync(socketFile ?? '', socket)

const withSystemd = installed('systemd-analyze') ? test : test.skip

withSystemd('the units are what systemd expects', t => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', serviceFile ?? '', socketFile ?? ''])
  t.is(`${stdout}${stderr}`, '')
  t.is(status, 0)
})

withSystemd('the service exposes little, in the eyes of systemd', t => {
  const { stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=yes', serviceFile ?? ''])
  if (/unrecognized option/.test(String(stderr))) return t.pass()
  const exposure = Number(/Overall exposure level for \S+: ([0-9.]+)/.exec(String(stdout))?.[1])
  return t.true(exposure <= 1.5, `${exposure}`)
})

test('the command lines of the units are ones that serve takes', t => {
  const lines = [...service.replace(/ \\\n#?/g, ' ').matchAll(/ExecStart=\S*consul-vm-inject serve (.*)$/gm)]
  t.is(lines.length, 2)
  for (const [, line = ''] of lines) t.notThrows(() => parse(serveCommand, line.trim().split(/\s+/)))
  t.throws(() => parse(serveCommand, ['--no-such-option']))
})

test('a second is left between the deadline of the server and that of the unit', t => {
  const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(service)?.[1])
  const summary = optionsOf(serveCommand).find(({ name }) => name === 'shutdown-timeout')?.summary ?? ''
  t.true(seconds > Number(/(\d+) unless given/.exec(summary)?.[1]))
})

test('the seeds beside the units are served: one injected, one as it is', async t => {
  const state = stateOf({ seeds: await directorySeeds(at('seeds')) })
  t.is((await ask(state, 'GET', '/web1/user-data')).note?.outcome, 'injected')
  t.regex((await ask(state, 'GET', '/web1/meta-data')).text, /^instance-id: web1/)
  t.is((await ask(state, 'GET', '/db1/user-data')).note?.outcome, 'left')
})

test('Nova asks under the one name that cloud-init reads, at a path that is served', async t => {
  const [, name, url = ''] =
    /^vendordata_dynamic_targets = ([^@]+)@(\S+)$/m.exec(readFileSync(at('nova.conf'), 'utf8')) ?? []
  t.is(name, 'cloud-init')
  const { pathname, host } = new URL(url)
  t.is((await ask(stateOf(), 'POST', pathname, '{}')).text, '""\n')
  t.true(socket.includes(`ListenStream=${host}`))
})
