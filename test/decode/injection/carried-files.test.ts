import { deflateSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { decode } from '../../../src/decode/decode.ts'
import { type CarriedFiles, carriedFiles } from '../../../src/decode/injection/carried-files.ts'
import { type ReadableFile, readBoothook } from '../../../src/decode/injection/guest-files.ts'
import type { EarlierInjection } from '../../../src/decode/user-data.ts'
import { inject } from '../../../src/index.ts'
import { elided } from '../../../src/preview/elided.ts'
import { VERSION } from '../../../src/version.ts'
import { bytes, text } from '../../support/places.ts'
import { userData } from '../../support/user-data.ts'

const annotations = ['connect-inject=true', 'connect-service=web']

interface Read extends CarriedFiles {
  readonly earlier: EarlierInjection
}

function read(content: Uint8Array): Read | undefined {
  const { earlier } = decode(content, 'web.yaml').userData
  const carried = earlier && carriedFiles(earlier)
  return earlier && carried && { earlier, ...carried }
}

/** Files as they are read back: how they are packed elsewhere is not told. */
const plain = (files: readonly (ReadableFile & { readonly gzipped?: string })[] = []) =>
  files.map(({ gzipped: _, ...file }) => file)

test('what an injection carries is read back from its bytes, whatever was injected', t => {
  fc.assert(
    fc.property(userData, fc.constantFrom('full', 'prebuilt'), fc.boolean(), (input, profile, pinned) => {
      const values = { name: 'values.yaml', text: pinned ? 'vm: {packages: {consul: {version: "1.22.0"}}}' : '' }
      const { output, injection } = inject(input, { annotations, profile, values })
      if (output === undefined) return
      const carried = read(output)
      t.is(carried?.earlier.version, VERSION)
      t.is(carried?.earlier.layout, 'multipart')
      t.deepEqual(
        carried?.files,
        plain(injection?.files).map(file => ({ ...file, by: 'boothook' })),
      )
    }),
    { numRuns: 60 },
  )
})

test('what is elided is the contents of the files and our delimiters, in order', t => {
  const own = '(N characters: shown below)'
  for (const [profile, words] of [
    ['prebuilt', [own]],
    ['full', [own, own, own, own, '(8 files, N characters: named below)']],
  ] as const) {
    const { output } = inject(bytes('#cloud-config\n{}\n'), { annotations, profile })
    const carried = read(output ?? new Uint8Array())
    const { text: content } = carried?.earlier.carrier.source ?? { text: '' }
    const ranges = carried === undefined ? [] : elided(carried.earlier, carried)
    const delimiter = '==consul-vm-inject-…=='
    t.deepEqual(
      ranges.map(({ words: said }) => said.replace(/\d+ characters/, 'N characters')),
      [delimiter, delimiter, ...words, delimiter, delimiter],
    )
    for (const { start, end } of ranges)
      t.regex(
        content.slice(start, end),
        /^(?:==consul-vm-inject-[0-9a-f]{16}==|[A-Za-z0-9+/=\n]+|(?:[A-Z_]+=.*\n?)+|\{[\s\S]*\})$/,
      )
    t.deepEqual(
      ranges.map(({ start }) => start),
      ranges.map(({ start }) => start).sort((a, b) => a - b),
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
  const files = readBoothook(boothook)?.files ?? []
  t.deepEqual(files, plain(injection?.files))
  const packed = /=== packed\n([\w+/=\n]*)\nEND-OF-SEGMENTS/.exec(boothook)?.[1] ?? ''
  for (const other of ['AAAA', packed.slice(4), packed.slice(0, -8)]) {
    t.is(readBoothook(boothook.replace(packed, other)), undefined)
  }
  const more = boothook.replace('=== packed\n', '=== fleet\n{}\n=== rw /a\nx\n=== packed\n')
  t.deepEqual(readBoothook(more)?.files, files)
  t.is(readBoothook(text(bytes('#!/bin/sh\n'))), undefined)
})

test('what version 0.1.0 packed is read, and nothing else in its place', t => {
  const file = { path: '/a', mode: '0644', content: 'x', once: true }
  const repacked = (json: string): string => Buffer.from(deflateSync(json)).toString('base64')
  const forms = [
    (packed: string): string => `#!/bin/sh\nBUNDLE = """\n${packed}\n"""\n`,
    (packed: string): string => `#!/bin/sh\npython <<'END-OF-BUNDLE' || echo\n${packed}\nEND-OF-BUNDLE\n`,
  ]
  const others = [
    '{}',
    '[1]',
    '[{"path":"/a","mode":"0644","content":"x"}]',
    '[{"path":"/a","mode":"rw","content":"x","once":true}]',
  ]
  for (const form of forms) {
    t.deepEqual(readBoothook(form(repacked(JSON.stringify([file]))))?.files, [file])
    for (const other of ['AAAA', ...others.map(repacked)]) t.is(readBoothook(form(other)), undefined, other)
  }
})

const deflated = (content: string): string =>
  Buffer.from(deflateSync(content)).toString('base64').replaceAll(/.{76}/g, '$&\n')
const SEGMENTS = '=== 0644 /etc/b.conf\nb\n=== 0755 /usr/bin/c once\n#!/bin/sh\n\n'

test('the files of a boothook are read from segments as well, packed or not', t => {
  const boothook = `#!/bin/sh\n"$python" <<'END-OF-FILES' || echo no\n=== 0640 /srv/a.json once\n{\n}\n=== packed\n${deflated(SEGMENTS)}\nEND-OF-FILES\nexit 0\n`
  const read = readBoothook(boothook)
  t.deepEqual(read?.files, [
    { path: '/srv/a.json', mode: '0640', content: '{\n}\n', once: true },
    { path: '/etc/b.conf', mode: '0644', content: 'b\n', once: false },
    { path: '/usr/bin/c', mode: '0755', content: '#!/bin/sh\n\n', once: true },
  ])
  const twice = readBoothook(boothook.replace('/srv/a.json', '/etc/b.conf'))?.files ?? []
  t.deepEqual(
    twice.map(({ path, content }) => [path, content]),
    [
      ['/etc/b.conf', '{\n}\n'],
      ['/usr/bin/c', '#!/bin/sh\n\n'],
    ],
  )
  const [plain, packed] = read?.contents ?? []
  t.is(boothook.slice(plain?.start, plain?.end), '{\n}')
  t.deepEqual([plain?.packed, packed?.packed], [false, true])
  t.is(boothook.slice(packed?.start, packed?.end), deflated(SEGMENTS))
  t.is(packed?.files.length, 2)
  t.is(readBoothook(boothook.replace('\nEND-OF-FILES\n', '\n')), undefined)
  const others = readBoothook(boothook.replace('=== packed', '=== defaults\n{}\n=== packed'))
  t.deepEqual(others?.files, read?.files)
  t.is(readBoothook(boothook.replace(/(?<=packed\n)..../, 'AAAA')), undefined)
})
