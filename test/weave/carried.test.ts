import { deflateSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { decode } from '../../src/decode/user-data.ts'
import { inject } from '../../src/index.ts'
import { VERSION } from '../../src/version.ts'
import { readBundle } from '../../src/weave/bundle.ts'
import { readCarried } from '../../src/weave/carried.ts'
import { bytes, text } from '../support/places.ts'
import { userData } from '../support/user-data.ts'

const annotations = ['connect-inject=true', 'connect-service=web']
const read = (content: Uint8Array) => readCarried(decode(content, 'web.yaml').userData)

test('what an injection carries is read back from its bytes, whatever was injected', t => {
  fc.assert(
    fc.property(userData, fc.constantFrom('full', 'prebuilt'), (input, profile) => {
      const { output, injection } = inject(input, { annotations, profile })
      if (output === undefined) return
      const carried = read(output)
      t.is(carried?.version, VERSION)
      t.is(carried?.layout, 'multipart')
      t.deepEqual(
        carried?.files,
        injection?.files.map(file => ({ ...file, by: 'boothook' })),
      )
    }),
    { numRuns: 60 },
  )
})

test('what is elided is the packed files and our delimiters, in order', t => {
  const { output } = inject(bytes('#cloud-config\n{}\n'), { annotations, profile: 'prebuilt' })
  const { source } = decode(output ?? new Uint8Array(), 'web.yaml').userData
  const elided = read(output ?? new Uint8Array())?.elided ?? []
  t.deepEqual(
    elided.map(({ words }) => words.replace(/\d+ characters/, 'N characters')),
    [
      '==consul-vm-inject-…==',
      '==consul-vm-inject-…==',
      '(1 file, N characters: shown below, decoded)',
      '==consul-vm-inject-…==',
      '==consul-vm-inject-…==',
    ],
  )
  for (const { start, end } of elided)
    t.regex(source.text.slice(start, end), /^(?:==consul-vm-inject-[0-9a-f]{16}==|[A-Za-z0-9+/=\n]+)$/)
  t.deepEqual(
    elided.map(({ start }) => start),
    elided.map(({ start }) => start).sort((a, b) => a - b),
  )
})

test('user-data that is not injected carries nothing', t => {
  t.is(read(bytes('#cloud-config\n{}\n')), undefined)
  t.is(read(bytes('')), undefined)
})

test('a bundle that is damaged, or holds something else, is not read', t => {
  const { injection } = inject(bytes(''), { annotations, profile: 'prebuilt' })
  const boothook = injection?.boothook ?? ''
  t.deepEqual(readBundle(boothook)?.files, injection?.files)
  const packed = /BUNDLE = """\n([^"]*)\n"""/.exec(boothook)?.[1] ?? ''
  const repacked = (json: string): string => Buffer.from(deflateSync(json)).toString('base64')
  const others = [
    '{}',
    '[1]',
    '[{"path":"/a","mode":"0644","content":"x"}]',
    '[{"path":"/a","mode":"rw","content":"x","once":true}]',
  ]
  for (const other of ['AAAA', packed.slice(4), ...others.map(repacked)]) {
    t.is(readBundle(boothook.replace(packed, other)), undefined, other)
  }
  t.is(readBundle(text(bytes('#!/bin/sh\n'))), undefined)
})
