import test from 'ava'
import { type Guest, guest, guestBundle } from '../../src/index.ts'
import { runIn } from './world.ts'

const baked = guest().output as Guest

test('without options a script goes to standard output that holds every file', async t => {
  const { exit, stdout, stderr, written } = await runIn({}, 'guest')
  t.is(exit, 0)
  t.is(stderr, '')
  t.is(written.size, 0)
  t.true(stdout.toString().startsWith('#!/bin/sh\n'))
  for (const { path, mode } of baked.files) t.true(stdout.includes(`#   ${mode} ${path}\n`))
})

test('with --output every file is written below the directory with its mode', async t => {
  const { exit, stdout, written, modes } = await runIn({}, 'guest', '--output', 'image/')
  t.is(exit, 0)
  t.is(stdout.length, 0)
  const { files } = baked
  t.deepEqual(
    [...written].map(([path, content]) => [path, content.toString()]),
    files.map(({ path, content }) => [`image${path}`, content]),
  )
  t.deepEqual(
    [...modes.values()].map(mode => mode.toString(8).padStart(4, '0')),
    files.map(({ mode }) => mode),
  )
})

test('with --install the same script is run, and its failure is the tool’s', async t => {
  const good = await runIn({}, 'guest', '--install')
  t.is(good.exit, 0)
  t.deepEqual(good.scripts, [baked.script])
  t.is((await runIn({ scriptStatus: 1 }, 'guest', '--install')).exit, 2)
})

test('--output and --install exclude each other', async t => {
  const { exit, stderr, written, scripts } = await runIn({}, 'guest', '--install', '--output', 'x')
  t.is(exit, 2)
  t.regex(stderr, /exclude each other/)
  t.is(written.size + scripts.length, 0)
})

test('an image has the guest files, the user, the preset and the agent’s mesh settings, and no configuration of a VM', t => {
  const paths = baked.files.map(({ path }) => path)
  t.true(paths.includes('/srv/consul/generate-sidecar-configs.py'))
  t.true(paths.includes('/usr/lib/sysusers.d/consul-vm-inject.conf'))
  t.true(paths.includes('/usr/lib/systemd/system-preset/50-consul-vm-inject.preset'))
  t.true(paths.includes('/srv/consul/packages.conf'))
  t.false(paths.some(path => path.includes('service-config.json')))
  const agent = baked.files.find(({ path }) => path === '/etc/consul.d/0-consul-vm-inject.json')
  t.deepEqual(JSON.parse(agent?.content ?? ''), { connect: { enabled: true }, ports: { grpc: 8502 } })
})

const VALUES = 'global: {datacenter: east, tls: {enabled: true}}\nclient: {join: [10.0.0.5]}\n'

test('the values file says what the agent of the image is told, whatever way it is installed', async t => {
  const files = { 'values.yaml': VALUES }
  const { exit, written } = await runIn({ files }, 'guest', '--values', 'values.yaml', '--output', 'image')
  t.is(exit, 0)
  const agent = {
    connect: { enabled: true },
    addresses: { grpc: '127.0.0.1' },
    ports: { grpc: 8502 },
    datacenter: 'east',
    retry_join: ['10.0.0.5'],
  }
  t.deepEqual(JSON.parse(String(written.get('image/etc/consul.d/0-consul-vm-inject.json'))), agent)
  const same = guest({ values: { name: 'values.yaml', text: VALUES } }).output as Guest
  t.is((await runIn({ files }, 'guest', '--values', 'values.yaml')).stdout.toString(), same.script)
  t.deepEqual((await runIn({ files }, 'guest', '--values', 'values.yaml', '--install')).scripts, [same.script])
})

test('a faulty values file is refused before anything is written', async t => {
  const files = { 'values.yaml': 'global: {tls: {enabled: perhaps}}\n' }
  const asked = ['guest', '--values', 'values.yaml']
  for (const more of [[], ['--output', 'image'], ['--install']]) {
    const { exit, stdout, stderr, written, scripts } = await runIn({ files }, ...asked, ...more)
    t.is(exit, 2)
    t.is(stdout.length + written.size + scripts.length, 0)
    t.regex(stderr, /E213/)
  }
})

test('keys without meaning on a VM are told of, also where the directory is called json, unless quiet', async t => {
  const files = { 'values.yaml': 'server: {replicas: 3}\n' }
  const asked = ['guest', '--values', 'values.yaml', '--output', 'json']
  t.regex((await runIn({ files }, ...asked)).stderr, /N103.*ignored: server/)
  t.is((await runIn({ files }, ...asked, '--quiet')).stderr, '')
})

test('with --bundle the bundle goes to a file or to standard output, and its digest is said', async t => {
  const { bytes, digest } = guestBundle()
  const { exit, stdout, stderr, written } = await runIn({}, 'guest', '--bundle', 'guest.bundle')
  t.is(exit, 0)
  t.is(stdout.length, 0)
  t.is(stderr, `sha256 ${digest}\n`)
  t.deepEqual(
    [...written].map(([path, content]) => [path, Uint8Array.from(content)]),
    [['guest.bundle', bytes]],
  )
  const piped = await runIn({}, 'guest', '--bundle', '-', '--quiet')
  t.deepEqual(Uint8Array.from(piped.stdout), bytes)
  t.is(piped.stderr, '')
})

test('--bundle takes no values file and no other way', async t => {
  for (const words of [['--values', 'values.yaml'], ['--output', 'x'], ['--install']]) {
    const { exit, written, scripts } = await runIn(
      { files: { 'values.yaml': VALUES } },
      'guest',
      '--bundle',
      'b',
      ...words,
    )
    t.is(exit, 2)
    t.is(written.size + scripts.length, 0)
  }
})
