import test from 'ava'
import { decode } from '../../src/decode/decode.ts'
import { leavesOf, parseMime } from '../../src/decode/mime.ts'
import { VERSION } from '../../src/version.ts'
import { openstackVendorData, weaveVendorData } from '../../src/weave/vendor-data.ts'
import { injection } from '../support/injections.ts'
import { bytes, text } from '../support/places.ts'

const woven = text(weaveVendorData(injection))
const leaves = leavesOf(parseMime(woven))

test('vendor-data is the boothook and the script, and nothing else', t => {
  t.deepEqual(
    leaves.map(({ contentType, filename }) => [contentType, filename]),
    [
      ['text/cloud-boothook', 'consul-vm-inject-guest'],
      ['text/x-shellscript', 'zz-consul-vm-inject-start'],
    ],
  )
  const [boothook, script] = leaves.map(({ bodyStart, end }) => woven.slice(bodyStart, end))
  t.is(boothook, injection.boothook)
  t.true(script?.startsWith('#!/bin/sh\n'))
  t.true(script?.endsWith(`\nesac\n${injection.script.replace('#!/bin/sh\n', '')}`))
})

test('it says in its headers what it is', t => {
  t.regex(woven, new RegExp(`^X-Consul-VM-Inject: ${VERSION.replaceAll('.', '\\.')}; vendor-data$`, 'm'))
})

test('it is ASCII, and the same injection gives the same bytes', t => {
  t.regex(woven, /^[\t\n\x20-\x7e]*$/)
  t.is(text(weaveVendorData(injection)), woven)
  t.not(text(weaveVendorData({ ...injection, boothook: '#!/bin/sh\n' })), woven)
})

test('nothing of it is the operator’s', t => {
  const { bytes: own, earlier } = decode(bytes(woven), 'vendor-data').userData
  t.is(own.length, 0)
  t.like(earlier, { version: VERSION, edits: [] })
})

test('a condition stands before everything that the script does', t => {
  const [, script = ''] = text(weaveVendorData({ ...injection, condition: '/run/x' }))
    .split('#!/bin/sh\n')
    .slice(1)
  const lines = script.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  t.is(lines[0], '[ -e /run/x ] || exit 0')
  t.false(woven.includes('[ -e'))
})

test('OpenStack is given JSON with the key that cloud-init looks for, and without it where there is nothing', t => {
  t.deepEqual(JSON.parse(openstackVendorData(bytes(woven))), { 'cloud-init': woven })
  t.deepEqual(JSON.parse(openstackVendorData(new Uint8Array())), {})
})
