import test from 'ava'
import fc from 'fast-check'
import { isRecord } from '../../../src/decode/record.ts'
import { injectManifest } from '../../../src/kubernetes/manifest/manifest.ts'
import { isManifest } from '../../../src/kubernetes/manifest/recognise.ts'
import { kindOf } from '../../../src/kubernetes/objects/kinds.ts'
import { admitted, answerTo, ROOMY, review } from '../../support/kubevirt.ts'
import { dataIn, injected, original } from '../../support/manifest-runs.ts'
import { manifest } from '../../support/manifests.ts'
import { bytes, codes } from '../../support/places.ts'

const objectsIn = (text: string): readonly unknown[] =>
  dataIn(text).flatMap(data => (isRecord(data) && Array.isArray(data['items']) ? data['items'] : [data]))

/** So little room that what is injected travels in gzip, or stays one cloud-config. */
const PACKED: typeof ROOMY = { profile: 'prebuilt', inlineLimit: 2048 }

test('a manifest says after the pipe what the admission would have stored', t => {
  fc.assert(
    fc.property(manifest, fc.constantFrom(ROOMY, PACKED), (text, options) => {
      const after = objectsIn(injected(text, options))
      t.deepEqual(
        after,
        objectsIn(text).map(object => (kindOf(object) === undefined ? object : admitted(object, options))),
      )
    }),
  )
})

test('injecting a manifest again changes nothing', t => {
  fc.assert(
    fc.property(manifest, fc.constantFrom(ROOMY, PACKED), (text, options) => {
      const once = injected(text, options)
      t.is(injected(once, options), once)
    }),
  )
})

test('uninject gives the very bytes of the manifest back', t => {
  fc.assert(
    fc.property(manifest, text => {
      t.is(original(injected(text)), text)
    }),
    { numRuns: 300 },
  )
})

test('uninject gives the very bytes back also of what travelled in gzip, save for base64, which comes back as text, and the escapes of Go', t => {
  let inGzip = 0
  fc.assert(
    fc.property(manifest, text => {
      fc.pre(!/userDataBase64|\\u00/.test(text))
      const packed = injected(text, PACKED)
      if (packed.includes('H4sI')) inGzip += 1
      t.is(original(packed), text)
    }),
    { numRuns: 200 },
  )
  t.true(inGzip > 10, `${inGzip} of 200 in gzip`)
})

test('a manifest in which nothing is annotated comes back as it is, the very bytes', t => {
  fc.assert(
    fc.property(manifest, text => {
      const bare = bytes(text.replaceAll('consul.hashicorp.com/', 'example.org/'))
      const { output, diagnostics } = injectManifest(bare, ROOMY)
      t.is(output, bare)
      t.deepEqual([...new Set(codes(diagnostics))], ['N101'])
    }),
  )
})

test('every document that is not injected keeps its bytes, and so do all lines but those of the user-data and the mark', t => {
  fc.assert(
    fc.property(manifest, text => {
      const parts = (whole: string): readonly string[] => whole.split(/^---\r?\n/m)
      const after = parts(injected(text))
      // The envelope holds no line of three hyphens alone.
      for (const [at, part] of parts(text).entries()) {
        const touched = objectsIn(part).some(object => answerTo(review(object)).patch !== undefined)
        if (!touched) t.is(after[at], part)
      }
    }),
  )
})

test('a manifest is told from user-data by its first line, whatever stands in either', t => {
  fc.assert(
    fc.property(manifest, text => {
      t.is(isManifest(bytes(text)), /apiVersion/.test(text))
      t.is(isManifest(bytes(injected(text))), /apiVersion/.test(text))
    }),
  )
})

const recognised = test.macro<[what: string, expected: boolean, text: string]>({
  exec(t, _, expected, text) {
    t.is(isManifest(bytes(text)), expected)
  },
  title: (_, what, expected) => `${what} is ${expected ? 'a manifest' : 'no manifest'}`,
})
const OBJECT = 'apiVersion: v1\nkind: Secret\n'
test(recognised, 'an object', true, OBJECT)
test(recognised, 'an object of another kind', true, 'kind: Deployment\napiVersion: apps/v1\n')
test(
  recognised,
  'an object behind comments, a directive and a marker',
  true,
  `# mine\n\n%YAML 1.2\n--- # one\n${OBJECT}`,
)
test(recognised, 'an object in JSON', true, '{"apiVersion":"v1","kind":"Secret"}')
test(recognised, 'a List as kubectl prints it', true, '{\n    "apiVersion": "v1",\n    "kind": "List", "items": []}')
test(recognised, 'an object with CRLF and quoted keys', true, '"kind": Secret\r\n"apiVersion": v1\r\n')
test(recognised, 'a cloud-config that writes a manifest', false, `#cloud-config\n${OBJECT}`)
test(recognised, 'a script that applies one', false, `#!/bin/sh\nkubectl apply -f - <<E\n${OBJECT}E\n`)
test(recognised, 'a MIME document that carries one', false, `MIME-Version: 1.0\nContent-Type: text/plain\n\n${OBJECT}`)
test(recognised, 'a mapping without a kind', false, 'apiVersion: v1\nmetadata: {}\n')
test(recognised, 'JSON of something else', false, '{"kind": "x"}')
test(recognised, 'annotated YAML without a header', false, 'metadata: {annotations: {a: b}}\n')
test(recognised, 'an empty input', false, '')
