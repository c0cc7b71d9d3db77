import { deflateSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { decode } from '../../src/decode/user-data.ts'
import { inject } from '../../src/index.ts'
import type { GuestFile } from '../../src/render/injection.ts'
import { VERSION } from '../../src/version.ts'
import { readBundle } from '../../src/weave/bundle.ts'
import { readCarried } from '../../src/weave/carried.ts'
import { bytes, text } from '../support/places.ts'
import { userData } from '../support/user-data.ts'

const annotations = ['connect-inject=true', 'connect-service=web']
const read = (content: Uint8Array) => readCarried(decode(content, 'web.yaml').userData)

/** Files as they are read back: how they are packed elsewhere is not told. */
const plain = (files: readonly GuestFile[] = []) => files.map(({ gzipped: _, ...file }) => file)

test('what an injection carries is read back from its bytes, whatever was injected', t => {
  fc.assert(
    fc.property(userData, fc.constantFrom('full', 'prebuilt'), fc.boolean(), (input, profile, pinned) => {
      const values = { name: 'values.yaml', text: pinned ? 'vm: {packages: {consul: {version: "1.22.0"}}}' : '' }
      const { output, injection } = inject(input, { annotations, profile, values })
      if (output === undefined) return
      const carried = read(output)
      t.is(carried?.version, VERSION)
      t.is(carried?.layout, 'multipart')
      t.deepEqual(
        carried?.files,
        plain(injection?.files).map(file => ({ ...file, by: 'boothook' })),
      )
    }),
    { numRuns: 60 },
  )
})

test('what is elided is the contents of the files and our delimiters, in order', t => {
  for (const [profile, words] of [
    ['prebuilt', ['(N characters: shown below)']],
    [
      'full',
      ['(N characters: shown below)', '(N characters: shown below)', '(7 files, N characters: shown below, decoded)'],
    ],
  ] as const) {
    const { output } = inject(bytes('#cloud-config\n{}\n'), { annotations, profile })
    const { source } = decode(output ?? new Uint8Array(), 'web.yaml').userData
    const elided = read(output ?? new Uint8Array())?.elided ?? []
    const delimiter = '==consul-vm-inject-…=='
    t.deepEqual(
      elided.map(({ words: said }) => said.replace(/\d+ characters/, 'N characters')),
      [delimiter, delimiter, ...words, delimiter, delimiter],
    )
    for (const { start, end, words: said } of elided) {
      const shape = said.includes('decoded')
        ? /^[A-Za-z0-9+/=\n]+$/
        : /^(?:==consul-vm-inject-[0-9a-f]{16}==|\{[\s\S]*\})$/
      t.regex(source.text.slice(start, end), shape)
    }
    t.deepEqual(
      elided.map(({ start }) => start),
      elided.map(({ start }) => start).sort((a, b) => a - b),
    )
  }
})

test('user-data that is not injected carries nothing', t => {
  t.is(read(bytes('#cloud-config\n{}\n')), undefined)
  t.is(read(bytes('')), undefined)
})

test('segments that are damaged are not read, and what is no file among them is none', t => {
  const { injection } = inject(bytes(''), { annotations, profile: 'full' })
  const boothook = injection?.boothook ?? ''
  const files = readBundle(boothook)?.files ?? []
  t.deepEqual(files, plain(injection?.files))
  const packed = /=== packed\n([\w+/=\n]*)\nEND-OF-SEGMENTS/.exec(boothook)?.[1] ?? ''
  for (const other of ['AAAA', packed.slice(4), packed.slice(0, -8)]) {
    t.is(readBundle(boothook.replace(packed, other)), undefined)
  }
  const more = boothook.replace('=== packed\n', '=== fleet\n{}\n=== rw /a\nx\n=== 0644 a\nx\n=== packed\n')
  t.deepEqual(readBundle(more)?.files, files)
  t.is(readBundle(text(bytes('#!/bin/sh\n'))), undefined)
})

test('what version 0.1.0 packed is read, and nothing else in its place', t => {
  const file = { path: '/a', mode: '0644', content: 'x', once: true }
  const repacked = (json: string): string => Buffer.from(deflateSync(json)).toString('base64')
  const forms = [
    (packed: string): string => `#!/bin/sh\nBUNDLE = """\n${packed}\n"""\n`,
    (packed: string): string => `#!/bin/sh\npython <<'END-OF-BUNDLE' || echo\n${packed}\nEND-OF-BUNDLE\n`,
  ]
  for (const form of forms) {
    const read = readBundle(form(repacked(JSON.stringify([file]))))
    t.deepEqual(read?.files, [file])
    t.is(read?.contents[0]?.packed, 1)
    for (const other of [
      'AAAA',
      repacked('{}'),
      repacked('[1]'),
      repacked('[{"path":"/a","mode":"0644","content":"x"}]'),
      repacked('[{"path":"/a","mode":"rw","content":"x","once":true}]'),
    ]) {
      t.is(readBundle(form(other)), undefined, other)
    }
  }
})
