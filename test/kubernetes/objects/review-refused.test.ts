import test from 'ava'
import fc from 'fast-check'
import { mutate } from '../../../src/kubernetes/objects/review.ts'
import { damagedObject, hostile, hostileObject } from '../../support/hostile-objects.ts'
import { patched } from '../../support/json-patch.ts'
import {
  ASKED,
  admitted,
  answerTo,
  base64,
  operationsIn,
  P,
  PLAIN,
  ROOMY,
  review,
  secret,
  vm,
} from '../../support/kubevirt.ts'

const USER_DATA = '/spec/template/spec/volumes/1/cloudInitNoCloud/userData'
const IN_DOCUMENT = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n`

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
test(refused, 'a Secret without user-data', secret({ data: { 'user-data': '' } }, ASKED), /^E607 data: .*key userdata/)
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

test('whatever is asked, there is an answer that has the uid and can be sent', t => {
  fc.assert(
    fc.property(hostileObject, hostile, (shaped, old) => {
      const answer = answerTo(review(shaped, { oldObject: old, operation: 'UPDATE' }))
      t.is(answer.uid, 'a-uid')
      t.not(answer.status?.code, 500)
      t.deepEqual(JSON.parse(JSON.stringify(answer)), answer)
      if (answer.allowed) t.notThrows(() => admitted(shaped))
    }),
    { numRuns: 500 },
  )
})

test('whatever stands in the place of a part of an annotated object, there is an answer, and its patch fits', t => {
  const seen = new Set<number>()
  fc.assert(
    fc.property(damagedObject, shaped => {
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
