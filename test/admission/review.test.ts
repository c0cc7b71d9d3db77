import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { edited } from '../../src/admission/edit.ts'
import { mutate } from '../../src/admission/review.ts'
import { inject } from '../../src/index.ts'
import type { V1CloudInitSource } from '../../src/kubernetes.ts'
import { patched } from '../support/json-patch.ts'
import {
  ASKED,
  admitted,
  answerTo,
  base64,
  MARK,
  operationsIn,
  P,
  PLAIN,
  ROOMY,
  review,
  secret,
  vm,
  vmi,
} from '../support/kubevirt.ts'
import { pathsIn } from '../support/paths.ts'
import { bytes, text } from '../support/places.ts'

const sourceIn = (object: ReturnType<typeof vm>): V1CloudInitSource =>
  object.spec.template.spec.volumes?.[1]?.cloudInitNoCloud ?? {}
const ENVELOPE = /^Content-Type: multipart\/mixed; boundary="==consul-vm-inject-/
const OFF = { ...ASKED, [`${P}connect-inject`]: 'false' }
const IN_DOCUMENT = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`

test('the user-data of an annotated VM is injected as the command line injects it, and the template is marked', t => {
  const after = admitted(vm({ userData: PLAIN }, ASKED))
  const annotations = Object.entries(ASKED).map(([key, value]) => `${key}=${value}`)
  const { output } = inject(bytes(PLAIN), { annotations, profile: 'prebuilt' })
  t.is(sourceIn(after).userData, text(output ?? bytes('')))
  t.deepEqual(after.spec.template.metadata?.annotations, { ...ASKED, [MARK]: 'injected' })
  t.deepEqual(after.metadata, { name: 'web' })
})

const injects = test.macro<[what: string, object: unknown, operations: readonly string[]]>({
  exec(t, _, object, operations) {
    const answer = answerTo(review(object))
    t.like(answer, { uid: 'a-uid', allowed: true, patchType: 'JSONPatch' })
    t.deepEqual(
      operationsIn(answer).map(({ op, path }) => `${op} ${path}`),
      operations,
    )
    const again = answerTo(review(admitted(object)))
    t.deepEqual([again.allowed, again.patch, again.patchType], [true, undefined, undefined])
  },
  title: (_, what) => `${what} is injected, and a second time nothing changes`,
})
const USER_DATA = '/spec/template/spec/volumes/1/cloudInitNoCloud/userData'
const STATUS = 'consul.hashicorp.com~1connect-inject-status'
const ON_TEMPLATE = `add /spec/template/metadata/annotations/${STATUS}`

test(injects, 'a VM annotated in its template', vm({ userData: PLAIN }, ASKED), [`replace ${USER_DATA}`, ON_TEMPLATE])
test(injects, 'a VM annotated itself', vm({ userData: PLAIN }, undefined, ASKED), [
  `replace ${USER_DATA}`,
  'add /spec/template/metadata/annotations',
])
test(injects, 'a VM annotated in its user-data', vm({ userData: IN_DOCUMENT }), [
  `replace ${USER_DATA}`,
  'add /spec/template/metadata/annotations',
])
test(
  injects,
  'a VM whose template has no metadata',
  { ...vm({}), spec: { template: { spec: vm({ userData: IN_DOCUMENT }).spec.template.spec } } },
  [`replace ${USER_DATA}`, 'add /spec/template/metadata'],
)
test(injects, 'a VM with user-data in base64', vm({ userDataBase64: base64(PLAIN) }, ASKED), [
  `replace ${USER_DATA}Base64`,
  ON_TEMPLATE,
])
test(injects, 'a VM with user-data in gzip', vm({ userDataBase64: base64(gzipSync(PLAIN)) }, ASKED), [
  `replace ${USER_DATA}Base64`,
  ON_TEMPLATE,
])
test(injects, 'a VM with empty user-data', vm({ userData: '' }, ASKED), [`replace ${USER_DATA}`, ON_TEMPLATE])
test(injects, 'a VM with a volume and no user-data', vm({}, ASKED), [`add ${USER_DATA}`, ON_TEMPLATE])
test(injects, 'a config drive', vm({ userData: PLAIN }, ASKED, undefined, 'cloudInitConfigDrive'), [
  'replace /spec/template/spec/volumes/1/cloudInitConfigDrive/userData',
  ON_TEMPLATE,
])
test(injects, 'a VMI', vmi({ userData: PLAIN }, ASKED), [
  'replace /spec/volumes/0/cloudInitNoCloud/userData',
  `add /metadata/annotations/${STATUS}`,
])
test(injects, 'a VMI annotated in its user-data', vmi({ userData: IN_DOCUMENT }), [
  'replace /spec/volumes/0/cloudInitNoCloud/userData',
  'add /metadata/annotations',
])
test(injects, 'an annotated Secret', secret({ data: { userdata: base64(PLAIN) } }, ASKED), [
  'replace /data/userdata',
  `add /metadata/annotations/${STATUS}`,
])
test(injects, 'a Secret annotated in its user-data', secret({ data: { userData: base64(IN_DOCUMENT) } }), [
  'replace /data/userData',
  'add /metadata/annotations',
])
test(injects, 'a Secret written as text', secret({ stringData: { userdata: PLAIN }, data: { userdata: '' } }, ASKED), [
  'replace /stringData/userdata',
  `add /metadata/annotations/${STATUS}`,
])

const untouched = test.macro<[what: string, object: unknown, request?: Readonly<Record<string, unknown>>]>({
  exec(t, _, object, request = {}) {
    t.deepEqual(answerTo(review(object, request)), { uid: 'a-uid', allowed: true })
  },
  title: (_, what) => `${what} is let through as it is`,
})
const WRONG = vm({ userData: PLAIN }, { ...ASKED, [`${P}connect-servce`]: 'x' })

test(untouched, 'a VM that is not annotated', vm({ userData: PLAIN }))
test(untouched, 'a VM with annotations of others', vm({ userData: PLAIN }, { 'kubevirt.io/x': 'consul' }))
test(untouched, 'a VM annotated without connect-inject', vm({ userData: PLAIN }, { [`${P}connect-service`]: 'web' }))
test(untouched, 'a VM that says no', vm({ userData: PLAIN }, OFF))
test(untouched, 'a VM without volumes', { ...vm({}), spec: { template: { spec: {} } } })
test(untouched, 'a VM without a spec', { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine' })
test(untouched, 'a VM of another group', { ...vm({ userData: PLAIN }, ASKED), apiVersion: 'example.org/v1' })
test(untouched, 'an object of another kind', { ...vm({ userData: PLAIN }, ASKED), kind: 'Deployment' })
test(untouched, 'a Secret that is not annotated', secret({ data: { userdata: base64(PLAIN) } }))
test(untouched, 'a Secret of something else', secret({ data: { token: base64('x') } }))
test(untouched, 'a Secret whose user-data is no base64', secret({ data: { userdata: '*' } }))
test(untouched, 'a deletion', WRONG, { operation: 'DELETE' })
test(untouched, 'a connection', null, { operation: 'CONNECT', subResource: 'console' })
test(untouched, 'an operation without a name', WRONG, { operation: undefined })
test(untouched, 'a subresource', WRONG, { operation: 'UPDATE', subResource: 'status' })
test(untouched, 'a VM that is being deleted', {
  ...WRONG,
  metadata: { ...WRONG.metadata, deletionTimestamp: '2026-11-23T00:00:00Z' },
})
test(untouched, 'an update that leaves wrong annotations as they were', WRONG, {
  operation: 'UPDATE',
  oldObject: { ...WRONG, metadata: { ...WRONG.metadata, finalizers: ['x'] } },
})

test('an update that injected by an older version and is about something else is no occasion to inject anew', t => {
  const old = admitted(vm({ userData: PLAIN }, ASKED))
  const source = { userData: (sourceIn(old).userData ?? '').replace(/\d+\.\d+\.\d+;/, '0.0.1;') }
  const before = vm(source, { ...ASKED, [MARK]: 'injected' })
  const request = { operation: 'UPDATE', oldObject: before }
  t.is(answerTo(review({ ...before, metadata: { name: 'web', labels: { a: 'b' } } }, request)).patch, undefined)
  t.not(
    answerTo(review(vm(source, { ...ASKED, [MARK]: 'injected', [`${P}service-tags`]: 'a' }), request)).patch,
    undefined,
  )
})

test('an update injects a VM that was stored while the webhook was away', t => {
  const before = vm({ userData: PLAIN }, ASKED)
  t.regex(sourceIn(admitted(before, ROOMY, { operation: 'UPDATE', oldObject: before })).userData ?? '', ENVELOPE)
})

test('a VMI that a VM made of its template is left as the VM has it, since annotations of the VM itself do not reach it', t => {
  const made = admitted(vm({ userData: IN_DOCUMENT }, undefined, { [`${P}connect-service`]: 'other' }))
  const { metadata, spec } = made.spec.template
  const owned = { ...vmi({}), metadata: { ...metadata, ownerReferences: [{ kind: 'VirtualMachine' }] }, spec }
  t.is(answerTo(review(owned)).patch, undefined)
  t.not(answerTo(review({ ...owned, metadata })).patch, undefined)
})

test('the manifest applied anew, with the mark left over from before, is injected again', t => {
  const after = admitted(vm({ userData: PLAIN }, { ...ASKED, [MARK]: 'injected' }))
  t.regex(sourceIn(after).userData ?? '', ENVELOPE)
})

test('a mark that somebody else set keeps the object from being injected', t => {
  t.is(answerTo(review(vm({ userData: PLAIN }, { ...ASKED, [MARK]: 'by hand' }))).patch, undefined)
})

test('connect-inject switched off takes the injection and the mark out again', t => {
  for (const before of [
    vm({ userData: PLAIN }, ASKED),
    vm({ userDataBase64: base64(PLAIN) }, ASKED),
    vm({ userDataBase64: base64(Buffer.from([35, 33, 10, 255])) }, ASKED),
  ]) {
    const injected = admitted(before)
    const off = { ...injected.spec.template.metadata?.annotations, ...OFF }
    t.deepEqual(sourceIn(admitted(vm(sourceIn(injected), off))), sourceIn(before))
    t.deepEqual(admitted(vm(sourceIn(injected), off)).spec.template.metadata?.annotations, OFF)
  }
  t.deepEqual(
    sourceIn(admitted(vm(sourceIn(admitted(vm({}, ASKED))), OFF))),
    {},
    'what was not there is not there again',
  )
})

test('an annotation of the object outranks the one in the user-data', t => {
  const asked = { [`${P}connect-service`]: 'api' }
  const { userData = '' } = sourceIn(admitted(vm({ userData: IN_DOCUMENT }, asked)))
  const { output } = inject(bytes(IN_DOCUMENT), { annotations: ['connect-service=api'], profile: 'prebuilt' })
  t.is(userData, text(output ?? bytes('')))
})

const PACKED: typeof ROOMY = { profile: 'prebuilt', inlineLimit: 4000 }

test('what is too large as text travels in gzip, and is text again when the injection is taken out', t => {
  const injected = admitted(vm({ userData: PLAIN }, ASKED), PACKED)
  const { userData, userDataBase64 = '' } = sourceIn(injected)
  t.is(userData, undefined)
  t.regex(gunzipSync(Buffer.from(userDataBase64, 'base64')).toString(), ENVELOPE)
  t.is(answerTo(review(injected), PACKED).patch, undefined)
  t.deepEqual(sourceIn(admitted(vm({ userDataBase64 }, OFF), PACKED)), { userData: PLAIN })
  t.deepEqual(Object.keys(sourceIn(admitted(vm({}, ASKED), PACKED))), ['userDataBase64'])
})

test('a VM that has no room for the injection is refused with the sizes and the way out', t => {
  const script = '#!/bin/sh\necho hello\n'
  const { allowed, status, patch } = answerTo(review(vm({ userData: script }, ASKED)), { profile: 'prebuilt' })
  t.deepEqual([allowed, status?.code, patch], [false, 422, undefined])
  t.regex(
    status?.message ?? '',
    /E601 spec\.template\.spec\.volumes\[1\]\.cloudInitNoCloud\.userData: .* \d+ bytes, \d+ in gzip; KubeVirt takes 2048/,
  )
  t.regex(status?.message ?? '', /Secret under the key userdata.*secretRef.*userDataSecretRef/)
  t.notRegex(status?.message ?? '', /--profile prebuilt/)
  const full = answerTo(review(vm({ userData: PLAIN }, ASKED)), { profile: 'full' })
  t.regex(full.status?.message ?? '', /--profile prebuilt/)
})

test('a cloud-config for which MIME has no room stays one cloud-config, which fits inside a VM', t => {
  const { userData = '' } = sourceIn(
    admitted(vm({ userData: PLAIN }, ASKED), { profile: 'prebuilt', inlineLimit: 2048 }),
  )
  t.true(userData.startsWith('#cloud-config\n# >>> consul-vm-inject'))
  t.true(userData.length <= 2048)
})

test('the limit is that of the bytes which KubeVirt counts: of base64 the decoded ones', t => {
  const { userData = '' } = sourceIn(admitted(vm({ userData: PLAIN }, ASKED)))
  const exactly = { profile: 'prebuilt', inlineLimit: bytes(userData).length } as const
  t.is(sourceIn(admitted(vm({ userData: PLAIN }, ASKED), exactly)).userData, userData)
  t.is(sourceIn(admitted(vm({ userDataBase64: base64(PLAIN) }, ASKED), exactly)).userDataBase64, base64(userData))
})

const refused = test.macro<[what: string, object: unknown, ...lines: RegExp[]]>({
  exec(t, _, object, ...lines) {
    const { allowed, status, patch } = answerTo(review(object))
    t.deepEqual([allowed, status?.code, patch], [false, 422, undefined])
    const [head, ...told] = status?.message.split('\n') ?? []
    t.is(head, 'consul-vm-inject refuses this object:')
    t.is(told.length, lines.length)
    for (const [at, line] of lines.entries()) t.regex(told[at] ?? '', line)
  },
  title: (_, what) => `${what} is refused, with every fault, its place and the remedy`,
})

test(
  refused,
  'a VM with faults in its annotations and its user-data',
  vm(
    { userData: `${IN_DOCUMENT}# ${P}conect-service-port: "80"\n` },
    { ...ASKED, [`${P}connect-service-port`]: 'x y' },
  ),
  /^E301 spec\.template\.metadata\.annotations: .*connect-service-port/,
  /^E201 spec\.template\.spec\.volumes\[1\]\.cloudInitNoCloud\.userData line 4: .*; did you mean/,
)
test(
  refused,
  'a VM with another value in its template than its own',
  vm({ userData: PLAIN }, ASKED, { [`${P}connect-service`]: 'api' }),
  /^E202 metadata\.annotations: .*connect-service is given twice .*\(the other value is here: spec\.template\.metadata\.annotations\); keep one/,
)
test(
  refused,
  'a value that is no string',
  vm({ userData: PLAIN }, { ...ASKED, [`${P}connect-service-port`]: 80 as never }),
  /^E203 .*quote it/,
)
test(
  refused,
  'user-data that is no base64',
  vm({ userDataBase64: '#cloud-config' }, ASKED),
  /^E602 spec.*userDataBase64: .*not base64/,
)
test(
  refused,
  'user-data that is no string',
  vm({ userData: 5 as never }, ASKED),
  /^E602 spec.*userData: .*not a string/,
)
test(refused, 'a volume that is no mapping', vm([] as never, ASKED), /^E602 spec.*cloudInitNoCloud: .*not a mapping/)
test(
  refused,
  'a VM without a cloud-init volume',
  { ...vm({}, ASKED), spec: { template: { metadata: { annotations: ASKED }, spec: { volumes: [{}] } } } },
  /^E603 spec\.template\.spec\.volumes: .*; add a disk/,
)
test(refused, 'a Secret without user-data', secret({ data: { 'user-data': '' } }, ASKED), /^E603 data: .*key userdata/)
test(
  refused,
  'a secret in an annotation',
  vm({ userData: PLAIN }, { ...ASKED, [`${P}token`]: 'hunter2' }),
  /^E205 (?!.*hunter2)/,
)
test(
  refused,
  'what a terminal would obey',
  vm({ userData: PLAIN }, { ...ASKED, [`${P}connect-service`]: 'a\u001b[31m' }),
  /^E301 [^\x00-\x1f]*$/,
)

test('a VM whose user-data is in a Secret is let through with a warning that says where to annotate', t => {
  const { allowed, patch, warnings } = answerTo(review(vm({ secretRef: { name: 'web-data' } }, ASKED)))
  t.deepEqual([allowed, patch, warnings?.length], [true, undefined, 1])
  t.regex(warnings?.[0] ?? '', /W601 .*secretRef: .*Secret web-data.*annotate the Secret/)
})

test('of several cloud-init volumes the first is injected, as KubeVirt reads it, and the others are warned of', t => {
  const object = vm({ userData: PLAIN }, ASKED)
  const volumes = [
    ...(object.spec.template.spec.volumes ?? []),
    { name: 'b', cloudInitConfigDrive: { userData: PLAIN } },
  ]
  const several = { ...object, spec: { template: { ...object.spec.template, spec: { volumes } } } }
  const answer = answerTo(review(several))
  t.deepEqual(operationsIn(answer).map(({ path }) => path)[0], USER_DATA)
  t.regex(answer.warnings?.[0] ?? '', /W602 .*volumes\[2\]\.cloudInitConfigDrive: KubeVirt reads .*volumes\[1\]/)
  t.is(answerTo(review(several), { ...ROOMY, strict: true }).allowed, false)
})

test('a warning is never longer than Kubernetes shows', t => {
  const { warnings } = answerTo(review(vm({ secretRef: { name: 'x'.repeat(400) } }, ASKED)))
  t.is(warnings?.[0]?.length, 256)
})

test('injection by default takes in VMs that have user-data, no VM without and no Secret', t => {
  const options: typeof ROOMY = { ...ROOMY, defaultInject: true, annotations: ['connect-service=web'] }
  t.not(answerTo(review(vm({ userData: PLAIN })), options).patch, undefined)
  t.deepEqual(answerTo(review({ ...vm({}), spec: { template: { spec: {} } } }), options), {
    uid: 'a-uid',
    allowed: true,
  })
  t.deepEqual(answerTo(review(secret({ data: { userdata: base64(PLAIN) } })), options), { uid: 'a-uid', allowed: true })
})

test('a dry run is answered like any other request', t => {
  const object = vm({ userData: PLAIN }, ASKED)
  t.deepEqual(answerTo(review(object, { dryRun: true })), answerTo(review(object)))
})

const malformed = test.macro<[what: string, asked: unknown, uid?: string]>({
  exec(t, _, asked, uid = '') {
    const { apiVersion, kind, response } = mutate(asked)
    t.deepEqual([apiVersion, kind], ['admission.k8s.io/v1', 'AdmissionReview'])
    t.like(response, { uid, allowed: false, status: { code: 400 } })
  },
  title: (_, what) => `${what} is answered with status 400`,
})

test(malformed, 'nothing', undefined)
test(malformed, 'null', null)
test(malformed, 'a string', 'x')
test(malformed, 'a list', [])
test(malformed, 'an empty object', {})
test(malformed, 'a review without a request', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' })
test(
  malformed,
  'a review of another version',
  { ...(review({}) as object), apiVersion: 'admission.k8s.io/v1beta1' },
  'a-uid',
)
test(malformed, 'something that is no review', { ...(review({}) as object), kind: 'Review' }, 'a-uid')
test(malformed, 'a request without a uid', review({}, { uid: '' }))
test(malformed, 'a request with a number for a uid', review({}, { uid: 1 }))
test(malformed, 'a creation without an object', review(null), 'a-uid')
test(malformed, 'a creation of a list', review([]), 'a-uid')

const hostile: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, '', 0, true, 'true', 'injected', '__proto__', '*', '\ud800', PLAIN, ASKED),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['metadata', 'annotations', 'spec', 'template', 'volumes', 'cloudInitNoCloud', 'cloudInitConfigDrive'],
        ...['userData', 'userDataBase64', 'secretRef', 'name', 'data', 'stringData', 'userdata', '__proto__', 'length'],
        ...[`${P}connect-inject`, `${P}connect-service`, MARK, 'constructor', 'ownerReferences', 'deletionTimestamp'],
      ),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
})).any

test('whatever is asked, there is an answer that has the uid and can be sent', t => {
  fc.assert(
    fc.property(
      fc.constantFrom('VirtualMachine', 'VirtualMachineInstance', 'Secret'),
      hostile,
      hostile,
      (kind, object, old) => {
        const apiVersion = kind === 'Secret' ? 'v1' : 'kubevirt.io/v1'
        const shaped = { ...(typeof object === 'object' ? object : { spec: object }), apiVersion, kind }
        const answer = answerTo(review(shaped, { oldObject: old, operation: 'UPDATE' }))
        t.is(answer.uid, 'a-uid')
        t.not(answer.status?.code, 500)
        t.deepEqual(JSON.parse(JSON.stringify(answer)), answer)
        if (answer.allowed) t.notThrows(() => admitted(shaped))
      },
    ),
    { numRuns: 500 },
  )
})

const BASES = [
  vm({ userData: PLAIN }, ASKED),
  vmi({ userDataBase64: base64(IN_DOCUMENT) }),
  secret({ data: { userdata: base64(PLAIN) } }, ASKED),
]

test('whatever stands in the place of a part of an annotated object, there is an answer, and its patch fits', t => {
  const seen = new Set<number>()
  fc.assert(
    fc.property(fc.constantFrom(...BASES), fc.nat(), hostile, (base, nth, value) => {
      const all = pathsIn(base)
      const shaped = edited(base, [{ op: 'add', path: all[nth % all.length] ?? [], value }])
      const answer = answerTo(review(shaped))
      seen.add(answer.patch === undefined ? (answer.status?.code ?? 200) : 201)
      if (answer.allowed) t.notThrows(() => patched(shaped, operationsIn(answer)))
    }),
    { numRuns: 500 },
  )
  t.deepEqual([...seen].sort(), [200, 201, 422])
})

test('keys that are no keys of an object change nothing but that object', t => {
  const object = JSON.parse(
    `{"__proto__": {"annotations": ${JSON.stringify(ASKED)}}, "kind": "Secret", "apiVersion": "v1"}`,
  )
  t.deepEqual(answerTo(review(object)), { uid: 'a-uid', allowed: true })
  t.is(({} as { annotations?: unknown }).annotations, undefined)
})
