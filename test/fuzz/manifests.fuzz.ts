import assert from 'node:assert/strict'
import fc from 'fast-check'
import { injectManifest, uninjectManifest } from '../../src/kubernetes/manifest/manifest.ts'
import { damagedObject, hostile, hostileObject } from '../support/hostile-objects.ts'
import { patched } from '../support/json-patch.ts'
import { admitted, answerTo, operationsIn, ROOMY, review } from '../support/kubevirt.ts'
import { manifest } from '../support/manifests.ts'
import { bytes } from '../support/places.ts'
import { same, settled } from './promises.ts'
import { law } from './trial.ts'

/** Room inside the object, or so little that what is injected is packed. */
const roomy = fc.constantFrom(ROOMY, ROOMY, { profile: 'prebuilt', inlineLimit: 2048 } as const)

law(
  'every manifest is injected, injected twice it is the same, and its very bytes come out',
  fc.tuple(manifest, roomy),
  ([text, options]) => {
    const input = bytes(text)
    const once = injectManifest(input, options)
    settled(once)
    same(input, bytes(text), 'the input was changed')
    if (once.output === undefined) return 'refused'
    same(injectManifest(once.output, options).output, once.output, 'injected twice is not the same')
    const back = uninjectManifest(once.output)
    settled(back)
    // In gzip base64 comes back as text, and so do the escapes that Go writes.
    if (options === ROOMY || !/userDataBase64|\\u00/.test(text))
      same(back.output, input, 'uninject gives something else')
    return once.output === input ? 'left' : 'injected'
  },
  ['injected', 0.5],
)

law(
  'every object that is asked about has an answer, and a patch that fits',
  fc.tuple(fc.oneof(hostileObject, damagedObject), fc.option(hostile), fc.constantFrom('CREATE', 'UPDATE')),
  ([object, oldObject, operation]) => {
    const answer = answerTo(review(object, { operation, oldObject }))
    assert.equal(answer.uid, 'a-uid')
    assert.notEqual(answer.status?.code, 500, answer.status?.message)
    assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer)
    if (!answer.allowed) return 'refused'
    if (answer.patch === undefined) return 'left'
    const stored = patched(object, operationsIn(answer))
    assert.deepEqual(admitted(stored), stored, 'admitted twice it is not the same')
    return 'injected'
  },
  ['injected', 0.1],
)
