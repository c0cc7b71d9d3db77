import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { leavesOf, parseMime } from '../../src/decode/mime.ts'
import { check, type InjectOptions, type InjectResult, inject, toRecord } from '../../src/index.ts'
import { mimeOf } from '../support/documents.ts'
import { brief, bytes, codes, sourceOf, text } from '../support/places.ts'
import { servicesOf } from '../support/plans.ts'
import { bareUserData, cloudConfig, userData } from '../support/user-data.ts'

const P = 'consul.hashicorp.com/'
const ANNOTATED = `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n# ${P}connect-service-port: "8080"\npackages: [nginx]\n`
const PLAIN = '#cloud-config\npackages: [nginx]\n'

const run = (input: Uint8Array | string, options: InjectOptions = {}): InjectResult =>
  inject(typeof input === 'string' ? bytes(input) : input, { profile: 'prebuilt', ...options })

const outputOf = (input: Uint8Array | string, options: InjectOptions = {}): Uint8Array => {
  const { output, diagnostics } = run(input, options)
  if (output === undefined) throw new Error(diagnostics.map(brief).join('\n'))
  return output
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const types = (output: Uint8Array): readonly string[] =>
  leavesOf(parseMime(text(output))).map(({ contentType }) => contentType)
const OURS = ['text/cloud-boothook', 'text/x-shellscript']

test('annotated user-data gets the boothook and the script, and says what was decided', t => {
  const result = run(ANNOTATED)
  t.deepEqual(types(result.output ?? bytes('')), ['text/plain', ...OURS])
  t.deepEqual(codes(result.diagnostics), ['N102'])
  t.like(result, {
    decision: { inject: true, explicit: true },
    plan: { serviceConfig: { format: 2, plan: { sidecars: [{ service: 'web' }] } } },
  })
  t.deepEqual(
    result.injection?.files.map(({ path }) => path),
    ['/srv/consul/service-config.json'],
  )
})

const leaves = test.macro<[what: string, input: Uint8Array, reason: RegExp]>({
  exec(t, _, input, reason) {
    const { output, diagnostics, injection, plan } = run(input)
    t.is(output, input)
    t.deepEqual([codes(diagnostics), injection, plan], [['N101'], undefined, undefined])
    t.regex(diagnostics[0]?.message ?? '', reason)
  },
  title: (_, what) => `${what} is given back, the very bytes`,
})

const OFF = ANNOTATED.replace('"true"', '"false"')
test(leaves, 'user-data without annotations', bytes(PLAIN), /^connect-inject is not set/)
test(leaves, 'an empty document', bytes(''), /not set/)
test(
  leaves,
  'annotations without connect-inject',
  bytes(`#cloud-config\n# ${P}connect-service: web\n`),
  /the document carries connect-service\)$/,
)
test(leaves, 'user-data that says no', bytes(OFF), /^connect-inject is "false"/)
test(leaves, 'user-data that says no as a key', bytes(`#cloud-config\n${P}connect-inject: no\n`), /is "false"/)
test(
  leaves,
  'user-data that was injected by other means',
  bytes(`${ANNOTATED}`.replace('packages', `# ${P}connect-inject-status: injected\npackages`)),
  /status says/,
)
test(leaves, 'gzip that says no', gzipSync(OFF), /is "false"/)
test(
  leaves,
  'an injected document within another message',
  bytes(mimeOf(text(outputOf(ANNOTATED)))),
  /connect-inject-status says "injected"/,
)

test('injection may be the default: by option, or by the values file', t => {
  const service = [`${P}connect-service=web`]
  const values = sourceOf('connectInject: {default: true}', 'values.yaml')
  t.true(run(PLAIN, { defaultInject: true, annotations: service }).decision.inject)
  t.true(run(PLAIN, { values, annotations: service }).decision.inject)
  t.false(run(OFF, { defaultInject: true }).decision.inject)
  const off = sourceOf('connectInject: {default: false}', 'values.yaml')
  t.true(run(PLAIN, { values: off, defaultInject: true, annotations: service }).decision.inject)
  t.like(run(PLAIN, { values: off }).decision, { inject: false, explicit: false })
  t.deepEqual(codes(run(PLAIN, { defaultInject: true }).diagnostics), ['E303'])
})

const FAULTS = `#cloud-config
# ${P}connect-inject: "true"
# ${P}connect-servce: web
# ${P}connect-service-port: "99999"
# ${P}mesh-inject: "true"
${P}transparent-proxy: maybe
${P}service-tags: 2020-01-01
packages: [nginx]
`

test('all faults are told at once, each at its line and column, and there is no output', t => {
  const { output, diagnostics, injection } = run(FAULTS, { name: 'web.yaml' })
  t.deepEqual([output, injection], [undefined, undefined])
  const places = diagnostics
    .map(toRecord)
    .map(({ code, file, line, column }) => `${code} ${file ?? '-'}:${line ?? 0}:${column ?? 0}`)
  for (const place of [
    'E201 web.yaml:3:3',
    'E301 web.yaml:4:47',
    'E302 web.yaml:5:3',
    'E301 web.yaml:6:41',
    'E203 web.yaml:7:36',
  ]) {
    t.true(places.includes(place), `${place} is not among ${places.join(', ')}`)
  }
  t.false(
    places.some(place => place.startsWith('E303')),
    'its key is misspelt, not missing',
  )
  t.true(diagnostics.every(({ severity }) => severity !== 'note'))
  t.deepEqual(check(bytes(FAULTS), { name: 'web.yaml' }).diagnostics.map(brief), diagnostics.map(brief))
})

test('check judges as inject does', t => {
  t.like(check(bytes(ANNOTATED)), { ok: true, decision: { inject: true } })
  t.like(check(bytes(PLAIN)), { ok: true, decision: { inject: false } })
  t.like(check(bytes(FAULTS)), { ok: false })
})

test('flags outrank metadata, metadata the document, the document the values', t => {
  const service = (options: InjectOptions): number | undefined => servicesOf(run(ANNOTATED, options))[0]?.port
  const metadata = sourceOf(`annotations: {${P}connect-service-port: 9090}`, 'meta.yaml')
  t.is(service({}), 8080)
  t.is(service({ metadata }), 9090)
  t.is(service({ metadata, annotations: ['connect-service-port=7070'] }), 7070)
  const values = sourceOf('connectInject: {transparentProxy: {defaultEnabled: false}}', 'values.yaml')
  const proxy = (input: string): string | undefined =>
    servicesOf(run(input, { values }))[0]?.connect.sidecar_service.proxy.mode
  t.is(proxy(ANNOTATED), 'direct')
  t.is(proxy(ANNOTATED.replace('packages', `${P}transparent-proxy: yes\npackages`)), 'transparent')
})

test('strict makes a warning an error; allowUnknown makes an unknown key a warning', t => {
  const old = ANNOTATED.replace('packages', `${P}connect-service-tags: a\npackages`)
  t.deepEqual(codes(run(old).diagnostics), ['W302', 'N102'])
  t.is(run(old, { strict: true }).output, undefined)
  const unknown = ANNOTATED.replace('packages', `${P}conect: a\npackages`)
  t.is(run(unknown).output, undefined)
  t.deepEqual(codes(run(unknown, { allowUnknown: true }).diagnostics), ['W201', 'N102'])
  t.is(run(unknown, { allowUnknown: true, strict: true }).output, undefined)
})

test('gzip stays gzip, base64 stays base64 in its layout, and both stay both', t => {
  const bare = text(outputOf(ANNOTATED))
  t.is(gunzipSync(outputOf(gzipSync(ANNOTATED))).toString(), bare)
  const lines = `${bytesInBase64(ANNOTATED).replaceAll(/.{40}/g, '$&\r\n')}\r\n`
  const output = text(outputOf(lines))
  t.is(Buffer.from(output, 'base64').toString(), bare)
  t.true(
    output
      .split('\r\n')
      .slice(0, -2)
      .every(line => line.length === 40),
  )
  t.is(gunzipSync(Buffer.from(text(outputOf(bytesInBase64(gzipSync(ANNOTATED)))), 'base64')).toString(), bare)
})

function bytesInBase64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64')
}

test('saying no to an injected document takes the injection out again', t => {
  fc.assert(
    fc.property(bareUserData, content => {
      const { output } = run(content, { annotations: ['connect-inject=true', 'connect-service=web'] })
      fc.pre(output !== undefined)
      t.true(same(outputOf(output ?? content, { annotations: ['connect-inject=false'] }), content))
    }),
  )
})

test('saying nothing of an injected document leaves it injected', t => {
  const injected = outputOf(PLAIN, { annotations: ['connect-inject=true', 'connect-service=web'] })
  t.is(run(injected).output, injected)
})

test('annotations can be changed on an injected document', t => {
  const options = { annotations: ['connect-service=api'] }
  t.deepEqual(outputOf(outputOf(ANNOTATED), options), outputOf(ANNOTATED, options))
  const edited = text(outputOf(ANNOTATED)).replace('connect-service: web', 'connect-service: api')
  t.deepEqual(outputOf(edited), outputOf(ANNOTATED.replace('service: web', 'service: api')))
})

test('an edit within the injected parts is an error', t => {
  const { output, diagnostics } = run(text(outputOf(ANNOTATED)).replace('END-OF-SEGMENTS', 'END-OF-SEGMENT'))
  t.deepEqual([output, codes(diagnostics)], [undefined, ['E102']])
})

const OPTIONS: InjectOptions = { annotations: ['connect-inject=true', 'connect-service=web'] }

test('injecting twice is injecting once, and the same input gives the same bytes', t => {
  fc.assert(
    fc.property(userData, input => {
      const { output } = run(input, OPTIONS)
      fc.pre(output !== undefined)
      const once = output ?? input
      t.true(same(outputOf(input, OPTIONS), once))
      t.true(same(outputOf(once, OPTIONS), once))
    }),
    { numRuns: 150 },
  )
})

test('base64 within gzip, which cloud-init does not take off, is not taken off the second time either', t => {
  const once = outputOf(gzipSync(bytesInBase64(PLAIN)), OPTIONS)
  t.true(same(outputOf(once, OPTIONS), once))
})

test('annotations as keys leave as comments, and are read again', t => {
  fc.assert(
    fc.property(cloudConfig, content => {
      const first = run(content, OPTIONS)
      fc.pre(first.output !== undefined)
      const again = run(first.output ?? '', OPTIONS)
      t.deepEqual(again.plan?.serviceConfig, first.plan?.serviceConfig)
      t.deepEqual(codes(again.diagnostics), codes(first.diagnostics))
    }),
  )
})
