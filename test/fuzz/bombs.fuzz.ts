import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { readMetadata } from '../../src/annotate/beside.ts'
import { readValues } from '../../src/annotate/values.ts'
import { inject, mutate, preview, uninject, vendorData } from '../../src/index.ts'
import { injectManifest, uninjectManifest } from '../../src/kubernetes/manifest/manifest.ts'
import { perform } from '../../src/serve/work.ts'
import { ASKED, P, review, vm } from '../support/kubevirt.ts'
import { bytes } from '../support/places.ts'
import { settled, sound } from './promises.ts'
import { bounded } from './trial.ts'

const MIB = 1024 * 1024
const HEAD = '#cloud-config\n'
const DEPTH = 10_000

/** Ten aliases of ten aliases of ten aliases. */
const laughs = (levels: number): string =>
  Array.from({ length: levels }, (_, at) => `a${at}: &a${at} [${`*a${at - 1}, `.repeat(at === 0 ? 0 : 10)}x]\n`).join(
    '',
  )

const blocks = (depth: number): string => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')

const packed = gzipSync(Buffer.alloc(100 * MIB, '#!/bin/sh\n'), { level: 9 })
const twice = gzipSync(packed, { level: 9 })
const mimeOf = (type: string, encoding: string, body: string): string =>
  `Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n--B\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n--B--\n`

/** Documents that are small and mean something huge, or that name what a program must not touch. */
const BOMBS: Readonly<Record<string, string | Uint8Array>> = {
  'a gzip of 100 MB': packed,
  'a gzip of a gzip of 100 MB': twice,
  'base64 of a gzip of 100 MB': packed.toString('base64'),
  'a gzip of 100 MB in a part': mimeOf('text/x-shellscript', 'base64', packed.toString('base64')),
  'a gzip of 100 MB in a file': `${HEAD}write_files:\n- path: /a\n  encoding: gz+b64\n  content: ${packed.toString('base64')}\n`,
  'a billion laughs': HEAD + laughs(12),
  'laughs below a merge key': `${HEAD}${laughs(12)}<<: [*a11, *a11]\n`,
  'laughs in annotations': `${HEAD}${laughs(12)}annotations: *a11\n`,
  'an alias of itself': `${HEAD}a: &a [*a, *a]\nb: &b {c: *b, <<: *b}\n`,
  '10,000 lists in each other': `${HEAD}a: ${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}\n`,
  '10,000 mappings in each other': `${HEAD}a: ${'{a: '.repeat(DEPTH)}${'}'.repeat(DEPTH)}\n`,
  '2,000 blocks in each other': HEAD + blocks(2000),
  '10,000 open brackets': `${HEAD}a: ${'['.repeat(DEPTH)}`,
  '10,000 dashes': `${HEAD}${'- '.repeat(DEPTH)}x\n`,
  '10,000 question marks': `${HEAD}${'? '.repeat(DEPTH)}x\n`,
  '10,000 messages in each other': `MIME-Version: 1.0\n${Array.from({ length: DEPTH }, (_, at) => `Content-Type: multipart/mixed; boundary=B${at}\n\n--B${at}\n`).join('')}`,
  'JSON of 2,000 levels in an annotation': `${HEAD}# ${P}proxy-config-map: '${'{"a":'.repeat(DEPTH / 5)}1${'}'.repeat(DEPTH / 5)}'\n`,
  'keys of prototypes': `${HEAD}__proto__: {runcmd: [x]}\nconstructor: {prototype: {y: 1}}\ntoString: 1\nhasOwnProperty: 1\n`,
  'annotations of prototypes': `${HEAD}annotations: {__proto__: {"${P}connect-service": x}, constructor: 1, ${P}__proto__: x}\n`,
  'keys of prototypes that are annotations': `#!/bin/sh\n# ${P}__proto__: "x"\n# ${P}constructor: "x"\n# ${P}service-meta-__proto__: "x"\n`,
}
const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const

/** Every way in, each of which gives an answer. */
const WAYS: Readonly<Record<string, (input: Uint8Array) => void>> = {
  inject: input => settled(inject(input, OPTIONS)),
  'inject in one cloud-config': input => settled(inject(input, { ...OPTIONS, layout: 'cloud-config' })),
  'inject what was injected': input => {
    const { output } = inject(input, OPTIONS)
    if (output !== undefined) settled(inject(output, OPTIONS))
  },
  uninject: input => settled(uninject(input)),
  preview: input => sound(preview(input, OPTIONS).diagnostics),
  'vendor-data': input => settled(vendorData(input, OPTIONS)),
  'vendor-data beside': input => settled(inject(bytes(HEAD), { ...OPTIONS, vendorData: { name: 'v', bytes: input } })),
  values: input => sound(readValues({ name: 'values.yaml', text: Buffer.from(input).toString() }).diagnostics),
  metadata: input => sound(readMetadata({ name: 'meta.yaml', text: Buffer.from(input).toString() }).diagnostics),
  manifest: input => settled(injectManifest(input, OPTIONS)),
  'manifest of an injected one': input => settled(uninjectManifest(input)),
  'an object': input => {
    const { response } = mutate(review(vm({ userDataBase64: Buffer.from(input).toString('base64') }, ASKED)))
    assert.notEqual(response?.status?.code, 500, response?.status?.message)
  },
  'the hooks': input => assert.ok(perform({ kind: 'pipe', input, options: OPTIONS }).ok),
}

/** All of it fits into the heap that ava.config.mjs allows; outside of that stands what is read and what is packed. */
const RESIDENT = 1536 * MIB

for (const [what, content] of Object.entries(BOMBS)) {
  test.serial(`${what}: everywhere there is an answer`, t => {
    const input = typeof content === 'string' ? bytes(content) : Uint8Array.from(content)
    for (const [way, run] of Object.entries(WAYS)) t.notThrows(() => bounded(() => run(input)), way)
    t.deepEqual(Object.keys(Object.prototype), [])
    t.is(({} as { y?: unknown; runcmd?: unknown }).y, undefined)
    t.true(process.resourceUsage().maxRSS * 1024 < RESIDENT, `${process.resourceUsage().maxRSS} KiB`)
  })
}
