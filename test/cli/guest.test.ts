import test from 'ava'
import { renderGuest } from '../../src/index.ts'
import { runIn } from './world.ts'

test('without options a script goes to standard output that holds every file', async t => {
  const { exit, stdout, stderr, written } = await runIn({}, 'guest')
  t.is(exit, 0)
  t.is(stderr, '')
  t.is(written.size, 0)
  t.true(stdout.toString().startsWith('#!/bin/sh\n'))
  for (const { path, mode } of renderGuest().files) t.true(stdout.includes(`#   ${mode} ${path}\n`))
})

test('with --output every file is written below the directory with its mode', async t => {
  const { exit, stdout, written, modes } = await runIn({}, 'guest', '--output', 'image/')
  t.is(exit, 0)
  t.is(stdout.length, 0)
  const { files } = renderGuest()
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
  t.deepEqual(good.scripts, [renderGuest().script])
  t.is((await runIn({ scriptStatus: 1 }, 'guest', '--install')).exit, 2)
})

test('--output and --install exclude each other', async t => {
  const { exit, stderr, written, scripts } = await runIn({}, 'guest', '--install', '--output', 'x')
  t.is(exit, 2)
  t.regex(stderr, /exclude each other/)
  t.is(written.size + scripts.length, 0)
})

test('an image has the guest files, the user and the preset, and no configuration of a VM', t => {
  const paths = renderGuest().files.map(({ path }) => path)
  t.true(paths.includes('/srv/consul/generate-sidecar-configs.py'))
  t.true(paths.includes('/usr/lib/sysusers.d/consul-vm-inject.conf'))
  t.true(paths.includes('/usr/lib/systemd/system-preset/50-consul-vm-inject.preset'))
  t.false(paths.some(path => /service-config\.json|consul-vm-inject\.json|packages\.conf/.test(path)))
})
