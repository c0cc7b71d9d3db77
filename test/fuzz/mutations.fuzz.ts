import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readMetadata } from '../../src/annotate/beside.ts'
import { readValues } from '../../src/annotate/values.ts'
import { readAsPyYaml } from '../../src/decode/pyyaml.ts'
import { readYamlStream } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { preview, uninject, vendorData } from '../../src/index.ts'
import { injectManifest, uninjectManifest } from '../../src/kubernetes/manifest/manifest.ts'
import { hasErrors } from '../../src/report/diagnostics.ts'
import { ROOMY } from '../support/kubevirt.ts'
import { text } from '../support/places.ts'
import { FILES, MANIFESTS, VALUES } from './corpus.ts'
import { mutated } from './mutation.ts'
import { injectOptions } from './options.ts'
import { keepsPromises, same, settled, sound } from './promises.ts'
import { lawForAWhile } from './trial.ts'

lawForAWhile(
  'whatever happened to a document, it keeps all promises, and every command has an answer',
  0.45,
  fc.tuple(mutated(FILES), injectOptions, fc.boolean()),
  ([input, options, force]) => {
    const fate = keepsPromises(input, options)
    const back = uninject(input, { force })
    settled(back)
    const beside = vendorData(input, options)
    settled(beside)
    if (input.length % 32 === 0 && input.length < 4096) {
      const { preview: seen, diagnostics } = preview(input, options)
      sound(diagnostics)
      assert.equal(seen === undefined, hasErrors(diagnostics))
    }
    return fate
  },
  ['injected', 0.1],
)

lawForAWhile(
  'whatever happened to YAML, both readers take it or say why not, and where',
  0.15,
  mutated([...FILES, ...MANIFESTS, ...VALUES]).map(content => Buffer.from(content).toString('utf8')),
  content => {
    const readings = [readYamlStream(content), readAsPyYaml(content)] as const
    for (const reading of readings) {
      if (!reading.ok) assert.ok(reading.message !== '' && reading.offset >= 0 && reading.offset <= content.length + 1)
    }
    const [stream, document] = readings
    if (stream.ok) JSON.stringify(stream.roots.map(toData))
    if (document.ok) JSON.stringify(toData(document.root))
    return stream.ok && document.ok ? 'read' : 'refused'
  },
  ['read', 0.1],
)

lawForAWhile(
  'whatever happened to a file of values or metadata, it is read or refused in words',
  0.1,
  mutated([...VALUES, ...MANIFESTS]).map(content => ({ name: 'values.yaml', text: Buffer.from(content).toString() })),
  source => {
    const values = readValues(source)
    sound(values.diagnostics)
    sound(readMetadata(source).diagnostics)
    return hasErrors(values.diagnostics) ? 'refused' : 'read'
  },
  ['read', 0.05],
)

/** What a manifest says: a field with nothing in it is none. */
function meaning(content: Uint8Array | undefined): string {
  const stream = readYamlStream(Buffer.from(content ?? '').toString('utf8'))
  const isNothing = (value: unknown): boolean =>
    value === null || value === '' || (typeof value === 'object' && Object.values(value).every(isNothing))
  const all = stream.ok ? stream.roots.map(toData) : [stream.message]
  return JSON.stringify(all, (_, value: unknown) => (isNothing(value) ? undefined : value), 1)
}

lawForAWhile(
  'whatever happened to a manifest, it is injected as it would be again, or refused',
  0.15,
  fc.tuple(mutated(MANIFESTS), fc.boolean()),
  ([input, force]) => {
    const once = injectManifest(input, ROOMY)
    settled(once)
    settled(uninjectManifest(input, { force }))
    if (once.output === undefined) return 'refused'
    same(injectManifest(once.output, ROOMY).output, once.output, 'injected twice is not the same')
    const back = uninjectManifest(once.output)
    settled(back)
    // In base64 it is laid out anew.
    if (/base64|^ *data:/im.test(text(input))) return 'in base64'
    assert.equal(meaning(back.output), meaning(uninjectManifest(input).output), 'uninject gives something else')
    return once.output === input ? 'left' : 'injected'
  },
  ['injected', 0.03],
)
