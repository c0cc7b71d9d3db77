import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { inject, uninject } from '../../src/index.ts'
import { bytes } from '../support/places.ts'
import { bareUserData } from '../support/user-data.ts'

const P = 'consul.hashicorp.com/'
const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.from(a).equals(Buffer.from(b))

test('uninject gives back what was injected, byte for byte, whatever the format', t => {
  fc.assert(
    fc.property(bareUserData, input => {
      const { output } = inject(input, OPTIONS)
      fc.pre(output !== undefined)
      t.true(same(uninject(output ?? input).output, input))
    }),
    { numRuns: 300 },
  )
})

const layout = fc.constantFrom('multipart', 'cloud-config')

test('whatever layouts and annotations an injection has had, the document comes back, and the last one counts', t => {
  let changed = 0
  fc.assert(
    fc.property(bareUserData, layout, layout, fc.stringMatching(/^[a-z]{1,8}$/), (input, first, second, tag) => {
      const once = inject(input, { ...OPTIONS, layout: first }).output
      fc.pre(once !== undefined)
      const options = { ...OPTIONS, annotations: [...OPTIONS.annotations, `service-tags=${tag}`], layout: second }
      const twice = inject(once ?? input, options).output
      fc.pre(twice !== undefined)
      changed += 1
      t.true(same(uninject(twice ?? input).output, input))
      t.true(same(inject(input, options).output, twice ?? input))
      t.true(same(inject(twice ?? input, options).output, twice ?? input))
    }),
    { numRuns: 150 },
  )
  t.is(changed, 150)
})

test('annotations that change in between leave no trace', t => {
  const input = bytes(`#cloud-config\n${P}connect-inject: true\n${P}connect-service: web\nruncmd: [x]\n`)
  const first = inject(input, { profile: 'prebuilt' }).output ?? input
  const second = inject(first, { annotations: ['connect-service-port=8080'], profile: 'full' }).output ?? first
  t.false(same(second, first))
  t.true(same(uninject(second).output, input))
})

test('of gzip the bytes inside come back', t => {
  const input = bytes('#!/bin/sh\necho hello\n')
  const { output } = inject(gzipSync(input), OPTIONS)
  t.true(same(uninject(output ?? input).output, input))
})

test('base64 comes back in its own lines', t => {
  const input = Buffer.from(
    `${Buffer.from('#!/bin/sh\necho hello, this is a longer script\n').toString('base64').replace(/.{20}/g, '$&\n')}\n`,
  )
  const { output } = inject(input, OPTIONS)
  t.true(same(uninject(output ?? input).output, input))
})

test('what was not injected comes back as it is, with a note', t => {
  const input = bytes('#cloud-config\nruncmd: [x]\n')
  const { output, injected, diagnostics } = uninject(input)
  t.is(output, input)
  t.false(injected)
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['N101'],
  )
})

test('an edit inside the injected parts is refused at its place, and force takes them out all the same', t => {
  const input = bytes('#cloud-config\nruncmd: [x]\n')
  const { output } = inject(input, OPTIONS)
  const edited = Buffer.from(
    Buffer.from(output ?? input)
      .toString()
      .replace('systemctl start', 'systemctl restart'),
  )
  const refused = uninject(edited)
  t.is(refused.output, undefined)
  t.deepEqual(
    refused.diagnostics.map(({ code, severity, span }) => [code, severity, span !== undefined]),
    [['E102', 'error', true]],
  )
  const forced = uninject(edited, { force: true })
  t.true(same(forced.output, input))
  t.deepEqual(
    forced.diagnostics.map(({ severity }) => severity),
    ['warning'],
  )
})
