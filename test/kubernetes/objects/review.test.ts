import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { inject } from '../../../src/index.ts'
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
} from '../../support/kubevirt.ts'
import type { V1CloudInitSource } from '../../support/kubevirt-types.ts'
import { bytes, text } from '../../support/places.ts'

const sourceIn = (object: ReturnType<typeof vm>): V1CloudInitSource =>
  object.spec.template.spec.volumes?.[1]?.cloudInitNoCloud ?? {}
const ENVELOPE = /^Content-Type: multipart\/mixed; boundary="==consul-vm-inject-/
const OFF = { ...ASKED, [`${P}connect-inject`]: 'false' }
const IN_DOCUMENT = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`

// NoCloud is what KubeVirt gives its VMs, without a limit: there are no more addresses of a platform than 169.254.169.254.
test('the user-data of an annotated VM is injected as the command line injects it, and the template is marked', t => {
  const after = admitted(vm({ userData: PLAIN }, ASKED))
  const annotations = Object.entries(ASKED).map(([key, value]) => `${key}=${value}`)
  const { output } = inject(bytes(PLAIN), { annotations, profile: 'prebuilt', platform: 'nocloud' })
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
  const { output } = inject(bytes(IN_DOCUMENT), {
    annotations: ['connect-service=api'],
    profile: 'prebuilt',
    platform: 'nocloud',
  })
  t.is(userData, text(output ?? bytes('')))
})

const PREBUILT: typeof ROOMY = { profile: 'prebuilt' }
const SCRIPT = `#!/bin/sh\n${'echo hello\n'.repeat(60)}`

test('what is too large as text travels in gzip, and is text again when the injection is taken out', t => {
  const injected = admitted(vm({ userData: SCRIPT }, ASKED), PREBUILT)
  const { userData, userDataBase64 = '' } = sourceIn(injected)
  t.is(userData, undefined)
  t.regex(gunzipSync(Buffer.from(userDataBase64, 'base64')).toString(), ENVELOPE)
  t.is(answerTo(review(injected), PREBUILT).patch, undefined)
  t.deepEqual(sourceIn(admitted(vm({ userDataBase64 }, OFF), PREBUILT)), { userData: SCRIPT })
  const small: typeof ROOMY = { profile: 'prebuilt', inlineLimit: 1600 }
  t.deepEqual(Object.keys(sourceIn(admitted(vm({}, ASKED), small))), ['userDataBase64'])
})

test('a VM that has no room for the injection is refused with the sizes and the way out', t => {
  const { allowed, status, patch } = answerTo(review(vm({ userData: PLAIN }, ASKED)), { profile: 'full' })
  t.deepEqual([allowed, status?.code, patch], [false, 422, undefined])
  t.regex(
    status?.message ?? '',
    /E601 spec\.template\.spec\.volumes\[1\]\.cloudInitNoCloud\.userData: .* \d+ bytes, \d+ in gzip; KubeVirt takes 2048/,
  )
  t.regex(status?.message ?? '', /--profile prebuilt.*Secret under the key userdata.*secretRef.*userDataSecretRef/)
  const tight = answerTo(review(vm({ userData: SCRIPT }, ASKED)), { profile: 'prebuilt', inlineLimit: 700 })
  t.regex(tight.status?.message ?? '', /Secret under the key userdata/)
  t.notRegex(tight.status?.message ?? '', /--profile prebuilt/)
})

test('a cloud-config for which MIME has no room stays one cloud-config, which fits inside a VM', t => {
  const config = `${PLAIN}final_message: ${'x'.repeat(400)}\n`
  const limited: typeof ROOMY = { profile: 'prebuilt', inlineLimit: 3100 }
  const { userData = '' } = sourceIn(admitted(vm({ userData: config }, ASKED), limited))
  t.true(userData.startsWith('#cloud-config\n# >>> consul-vm-inject'))
  t.true(userData.length <= 3100)
  t.regex(sourceIn(admitted(vm({ userData: PLAIN }, ASKED), limited)).userData ?? '', ENVELOPE)
})

test('the limit is that of the bytes which KubeVirt counts: of base64 the decoded ones', t => {
  const { userData = '' } = sourceIn(admitted(vm({ userData: PLAIN }, ASKED)))
  const exactly = { profile: 'prebuilt', inlineLimit: bytes(userData).length } as const
  t.is(sourceIn(admitted(vm({ userData: PLAIN }, ASKED), exactly)).userData, userData)
  t.is(sourceIn(admitted(vm({ userDataBase64: base64(PLAIN) }, ASKED), exactly)).userDataBase64, base64(userData))
})
