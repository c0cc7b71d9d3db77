import test from 'ava'
import { vendorData } from '../../src/index.ts'
import { ANNOTATED, ask, FAULTY, PLAIN, stateOf } from './handlers.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What Nova posts; `boot-roles` and the others are of no interest. */
const nova = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    'project-id': '039d104b7a5c4631b4ba6524d0b9e981',
    'instance-id': '7c5ff2fd-0c4b-4e2c-9a0d-3c1a0d1d8a3e',
    'image-id': 'e2c1b1de-8c4b-4f9a-a7a1-b3c8d7e6f5a4',
    'user-data': null,
    hostname: 'web',
    metadata: {},
    'boot-roles': 'member,reader',
    ...fields,
  })

const post = (fields: Readonly<Record<string, unknown>>, state = stateOf()) =>
  ask(state, 'POST', '/openstack/vendordata', nova(fields))

test('annotated user-data is answered with a JSON string: the vendor-data', async t => {
  const { status, headers, text, note } = await post({ 'user-data': base64(ANNOTATED) })
  t.is(status, 200)
  t.is(headers['content-type'], 'application/json')
  const { output } = vendorData(Buffer.from(ANNOTATED), { profile: 'prebuilt' })
  t.is(JSON.parse(text), Buffer.from(output ?? '').toString())
  t.is(note?.outcome, 'injected')
  t.is(note?.instance, '7c5ff2fd-0c4b-4e2c-9a0d-3c1a0d1d8a3e')
})

test('user-data that is not in base64 is taken as it is', async t => {
  t.is((await post({ 'user-data': ANNOTATED })).text, (await post({ 'user-data': base64(ANNOTATED) })).text)
})

test('an instance without annotations gets an empty string', async t => {
  for (const userData of [null, '', base64(PLAIN), base64('\xff\xfe')]) {
    const { status, text } = await post({ 'user-data': userData })
    t.is(status, 200)
    t.is(JSON.parse(text), '')
  }
})

test('annotations are read from the metadata, with a colon where Nova allows no slash', async t => {
  for (const sign of [':', '/']) {
    const metadata = {
      [`consul.hashicorp.com${sign}connect-inject`]: 'true',
      [`consul.hashicorp.com${sign}connect-service`]: 'api',
      role: 'web',
    }
    t.regex(JSON.parse((await post({ metadata })).text) as string, /cloud-boothook/)
  }
})

test('the metadata outranks the user-data', async t => {
  const metadata = { 'consul.hashicorp.com:connect-inject': 'false' }
  const { text, note } = await post({ 'user-data': base64(ANNOTATED), metadata })
  t.is(JSON.parse(text), '')
  t.is(note?.outcome, 'left')
})

test('user-data that switches off the second kind of vendor-data, which this is, is warned of', async t => {
  const codes = async (line: string): Promise<boolean> =>
    (await post({ 'user-data': base64(`${ANNOTATED}${line}\n`) })).note?.codes?.includes('W401') === true
  t.true(await codes('vendor_data2: {enabled: false}'))
  t.false(await codes('vendor_data: {enabled: false}'))
})

test('annotations with errors: an empty string, or 422 where failing was chosen', async t => {
  const metadata = { 'consul.hashicorp.com:conect-service': 'x' }
  for (const fields of [{ 'user-data': base64(FAULTY) }, { 'user-data': base64(ANNOTATED), metadata }]) {
    const passed = await post(fields)
    t.is(passed.status, 200)
    t.is(JSON.parse(passed.text), '')
    t.is(passed.note?.outcome, 'passed')
    const failed = await post(fields, stateOf({ onError: 'fail' }))
    t.is(failed.status, 422)
    t.is(failed.note?.outcome, 'refused')
  }
})

for (const [what, body] of Object.entries({
  'no JSON': '{',
  'an array': '[]',
  'a string': '"x"',
  null: 'null',
  nothing: '',
  'bytes that are not UTF-8': Buffer.from([0x22, 0xff, 0x22]),
  'user-data that is a number': nova({ 'user-data': 1 }),
  'metadata that is a list': nova({ metadata: [] }),
  'an annotation that is no string': nova({ metadata: { 'consul.hashicorp.com:connect-inject': true } }),
})) {
  test(`what Nova does not post is refused with a JSON error: ${what}`, async t => {
    const { status, text } = await ask(stateOf(), 'POST', '/openstack/vendordata', body)
    t.is(status, 400)
    t.like(JSON.parse(text), [{ code: 'E711', severity: 'error' }])
  })
}

test('only what is posted is answered', async t => {
  t.is((await ask(stateOf(), 'GET', '/openstack/vendordata')).status, 405)
})
