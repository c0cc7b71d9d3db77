import { deflateSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { decode } from '../../../src/decode/decode.ts'
import { type CarriedFiles, carriedFiles } from '../../../src/decode/injection/carried-files.ts'
import { readBoothook } from '../../../src/decode/injection/guest-files.ts'
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

test('what an injection carries is read back from its bytes, whatever was injected', t => {
  fc.assert(
    fc.property(userData, fc.constantFrom('full', 'prebuilt'), (input, profile) => {
      const { output, injection } = inject(input, { annotations, profile })
      if (output === undefined) return
      const carried = read(output)
      t.is(carried?.earlier.version, VERSION)
      t.is(carried?.earlier.layout, 'multipart')
      t.deepEqual(
        carried?.files,
        injection?.files.map(({ gzipped: _, ...file }) => ({ ...file, by: 'boothook' })),
      )
    }),
    { numRuns: 60 },
  )
})

test('what is elided is the packed files and our delimiters, in order', t => {
  const { output } = inject(bytes('#cloud-config\n{}\n'), { annotations, profile: 'prebuilt' })
  const carried = read(output ?? new Uint8Array())
  const { text: content } = carried?.earlier.carrier.source ?? { text: '' }
  const ranges = carried === undefined ? [] : elided(carried.earlier, carried)
  t.deepEqual(
    ranges.map(({ words }) => words.replace(/\d+ characters/, 'N characters')),
    [
      '==consul-vm-inject-…==',
      '==consul-vm-inject-…==',
      '(N characters: shown below)',
      '==consul-vm-inject-…==',
      '==consul-vm-inject-…==',
    ],
  )
  for (const { start, end } of ranges)
    t.regex(content.slice(start, end), /^(?:==consul-vm-inject-[0-9a-f]{16}==|\{\n "format": 2,[\s\S]*\n\})$/)
  t.deepEqual(
    ranges.map(({ start }) => start),
    ranges.map(({ start }) => start).sort((a, b) => a - b),
  )
})

test('user-data that is not injected carries nothing', t => {
  t.is(read(bytes('#cloud-config\n{}\n')), undefined)
  t.is(read(bytes('')), undefined)
})

test('a bundle that is damaged, or holds something else, is not read', t => {
  // As 0.1.0 wrote it.
  const repacked = (json: string): string => Buffer.from(deflateSync(json)).toString('base64')
  const packed = repacked('[{"path":"/a","mode":"0644","content":"x","once":true}]')
  const boothook = `#!/bin/sh\npython3 /srv/consul/install-guest.py <<'END-OF-BUNDLE' || true\n${packed}\nEND-OF-BUNDLE\n`
  t.is(readBoothook(boothook)?.files.length, 1)
  const others = [
    '{}',
    '[1]',
    '[{"path":"/a","mode":"0644","content":"x"}]',
    '[{"path":"/a","mode":"rw","content":"x","once":true}]',
  ]
  for (const other of ['AAAA', packed.slice(4), ...others.map(repacked)]) {
    t.is(readBoothook(boothook.replace(packed, other)), undefined, other)
  }
  t.is(readBoothook(text(bytes('#!/bin/sh\n'))), undefined)
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
