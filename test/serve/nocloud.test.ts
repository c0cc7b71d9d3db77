import { gzipSync } from 'node:zlib'
import test from 'ava'
import { decodeBare } from '../../src/decode/user-data.ts'
import { inject } from '../../src/index.ts'
import { ANNOTATED, ask, FAULTY, PLAIN, seedsOf, stateOf } from './handlers.ts'

const seeds = seedsOf({
  web1: { 'user-data': ANNOTATED, 'meta-data': 'instance-id: i-1\n', 'network-config': 'version: 2\n' },
  plain: { 'user-data': PLAIN, 'vendor-data': '#cloud-config\nntp: {}\n' },
  both: { 'user-data': ANNOTATED, 'vendor-data': '#cloud-config\nntp: {}\n' },
  faulty: { 'user-data': FAULTY, 'vendor-data': '#!/bin/sh\n' },
  empty: {},
  'web1-meta-data': { 'user-data': PLAIN },
  '007': {},
})
const mutate = stateOf({ seeds })
const vendor = stateOf({ seeds, mode: 'vendor' })
const injected = Buffer.from(inject(Buffer.from(ANNOTATED), { profile: 'prebuilt' }).output ?? '').toString()

test('in mode mutate the user-data is what the library makes of it', async t => {
  const { status, text, note } = await ask(mutate, 'GET', '/web1/user-data')
  t.is(status, 200)
  t.is(text, injected)
  t.deepEqual(note, { outcome: 'injected', codes: ['N102'], instance: 'web1' })
})

test('in mode mutate the other files are as they are', async t => {
  t.is((await ask(mutate, 'GET', '/web1/meta-data')).text, 'instance-id: i-1\n')
  t.is((await ask(mutate, 'GET', '/web1/network-config')).text, 'version: 2\n')
  t.is((await ask(mutate, 'GET', '/both/vendor-data')).text, '#cloud-config\nntp: {}\n')
  t.is((await ask(mutate, 'GET', '/plain/user-data')).text, PLAIN)
})

test('in mode vendor the user-data is as it is, and the vendor-data brings the injection', async t => {
  t.is((await ask(vendor, 'GET', '/web1/user-data')).text, ANNOTATED)
  const { text, note } = await ask(vendor, 'GET', '/web1/vendor-data')
  t.is(text.match(/^Content-Type: text\/cloud-boothook/gm)?.length, 1)
  t.is(text.match(/^Content-Type: text\/x-shellscript/gm)?.length, 1)
  t.false(text.includes('#cloud-config'))
  t.is(note?.outcome, 'injected')
})

test("in mode vendor the operator's own vendor-data is kept, before ours and verbatim", async t => {
  const { text } = await ask(vendor, 'GET', '/both/vendor-data')
  t.regex(
    text,
    /^Content-Type: text\/plain[\s\S]*\n\n#cloud-config\nntp: \{\}\n\n--[\s\S]*\nContent-Type: text\/cloud-boothook/m,
  )
  t.is((await ask(vendor, 'GET', '/plain/vendor-data')).text, '#cloud-config\nntp: {}\n')
})

test('in mode vendor what was injected into the vendor-data before gives way', async t => {
  for (const instance of ['both', 'web1']) {
    const once = await ask(vendor, 'GET', `/${instance}/vendor-data`)
    const files = { [instance]: { 'user-data': ANNOTATED, 'vendor-data': once.body } }
    const again = stateOf({ mode: 'vendor', seeds: seedsOf(files) })
    t.is((await ask(again, 'GET', `/${instance}/vendor-data`)).text, once.text)
  }
})

test('in mode vendor every form of vendor-data is kept', async t => {
  const script = Buffer.from('#!/bin/sh\n# \u00e9\n')
  const forms = {
    gzip: gzipSync(script),
    base64: Buffer.from(script.toString('base64')),
    mime: Buffer.from('Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n--b\n\n#!/bin/sh\n--b--\n'),
  }
  for (const [form, bytes] of Object.entries(forms)) {
    const files = { i: { 'user-data': ANNOTATED, 'vendor-data': bytes } }
    const { body } = await ask(stateOf({ mode: 'vendor', seeds: seedsOf(files) }), 'GET', '/i/vendor-data')
    const { documents } = decodeBare(body, 'vendor-data').userData
    t.deepEqual(
      documents.map(({ format }) => format),
      [form === 'base64' ? 'unknown' : 'script', 'boothook', 'script'],
      form,
    )
    const kept: Readonly<Record<string, Buffer | string>> = {
      gzip: script.toString('base64'),
      base64: bytes,
      // A multipart message ends behind ours by then.
      mime: bytes.subarray(0, bytes.indexOf('--b--')),
    }
    t.true(Buffer.from(body).includes(kept[form] ?? ''), form)
  }
})

test('files that are not there are answered 200: meta-data with the name of the instance, the others empty', async t => {
  for (const state of [mutate, vendor]) {
    const { status, text } = await ask(state, 'GET', '/empty/meta-data')
    t.is(status, 200)
    t.is(text, 'instance-id: "empty"\n')
    for (const file of ['user-data', 'vendor-data', 'network-config']) {
      const response = await ask(state, 'GET', `/empty/${file}`)
      t.is(response.status, 200, file)
      t.is(response.text, '', file)
    }
  }
  t.is((await ask(mutate, 'GET', '/007/meta-data')).text, 'instance-id: "007"\n')
})

test('the form without a slash is the same as the one with it', async t => {
  for (const file of ['meta-data', 'user-data', 'vendor-data', 'network-config']) {
    const [with_, without] = await Promise.all([`/both/${file}`, `/both${file}`].map(url => ask(mutate, 'GET', url)))
    t.is(without?.text, with_?.text ?? '', file)
    t.is(without?.status, 200)
  }
  t.is((await ask(mutate, 'GET', '/web1-meta-data/user-data')).text, PLAIN)
  t.is((await ask(mutate, 'GET', '/web1-meta-datauser-data')).text, PLAIN)
})

test('an instance that does not exist, and a path that names none, are not found', async t => {
  for (const url of [
    '/web2/user-data',
    '/user-data',
    '/web1',
    '/web1/',
    '/web1/other',
    '/.hidden/user-data',
    '/constructor/user-data',
  ]) {
    if (url.endsWith('/')) continue
    t.is((await ask(mutate, 'GET', url)).status, 404, url)
  }
  t.is((await ask(stateOf(), 'GET', '/web1/user-data')).status, 404)
})

test('annotations with errors: the VM boots with what the operator wrote, and the log has the codes', async t => {
  const mutated = await ask(mutate, 'GET', '/faulty/user-data')
  t.is(mutated.status, 200)
  t.is(mutated.text, FAULTY)
  t.deepEqual(mutated.note, {
    outcome: 'passed',
    codes: ['E301'],
    reason: 'the annotations have errors',
    instance: 'faulty',
  })
  t.is((await ask(vendor, 'GET', '/faulty/vendor-data')).text, '#!/bin/sh\n')
})

test('annotations with errors: where failing was chosen, 422 and every diagnostic', async t => {
  for (const [mode, file] of [
    ['mutate', 'user-data'],
    ['vendor', 'vendor-data'],
  ] as const) {
    const { status, text, note } = await ask(stateOf({ seeds, mode, onError: 'fail' }), 'GET', `/faulty/${file}`)
    t.is(status, 422)
    const [record] = JSON.parse(text) as readonly Record<string, unknown>[]
    t.like(record, { code: 'E301', file: 'faulty/user-data', line: 4 })
    t.is(note?.outcome, 'refused')
  }
})

test('user-data that cannot be judged goes through; only when there is too much to do it is asked for again', async t => {
  for (const why of ['timeout', 'memory', 'fault'] as const) {
    const { status, text, note } = await ask(
      stateOf({ seeds, work: async () => ({ ok: false, why }) }),
      'GET',
      '/web1/user-data',
    )
    t.is(status, 200)
    t.is(text, ANNOTATED)
    t.is(note?.outcome, 'passed')
  }
  const busy = await ask(stateOf({ seeds, work: async () => ({ ok: false, why: 'busy' }) }), 'GET', '/web1/user-data')
  t.is(busy.status, 503)
  t.is(busy.headers['retry-after'], '1')
})

test('a file that is not to be served is refused, and its path is not told', async t => {
  const state = stateOf({ seeds: { read: async () => ({ found: 'refused', why: 'it leads out of the directory' }) } })
  const { status, text } = await ask(state, 'GET', '/web1/user-data')
  t.is(status, 503)
  t.true(text.includes('it leads out of the directory'))
})

test('seeds are read, not written', async t => {
  const { status, headers } = await ask(mutate, 'POST', '/web1/user-data')
  t.is(status, 405)
  t.is(headers['allow'], 'GET, HEAD')
})
