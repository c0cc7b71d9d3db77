import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { INJECTION } from '../../src/cli/options.ts'
import { QUERY } from '../../src/cli/terraform-query.ts'
import { projectFolder } from '../shared.ts'
import { envelopeText } from './envelope-text.ts'
import { type Outcome, runIn } from './world.ts'

type Strings = Readonly<Record<string, string>>

const ask = (query: object): Promise<Outcome> => runIn({ stdin: JSON.stringify(query) }, 'terraform')

/** The result of a query that must have one. */
async function resultOf(query: object): Promise<Strings> {
  const { stdout, stderr, exit } = await ask(query)
  if (exit !== 0 || stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout.toString('utf8'))
}

const bytesOf = (result: Strings): Buffer => Buffer.from(result['user_data_base64'] ?? '', 'base64')

const folder = join(projectFolder, 'test', 'terraform')
const update = process.env['UPDATE_GOLDEN'] === '1'

/** A result as text that is the same everywhere: what depends on the version of zlib is unpacked or left out. */
function shown(stdout: Buffer): string {
  if (stdout.length === 0) return ''
  const result: Strings = JSON.parse(stdout.toString('utf8'))
  const { user_data: text, user_data_base64, bytes, sha256, ...rest } = result
  const facts = Object.entries(rest).map(([key, value]) => `${key}: ${value}\n`)
  const user = text === undefined ? '(no user_data)\n' : envelopeText(Buffer.from(text))
  return `${facts.join('')}\n${user}`
}

const golden = test.macro<[name: string]>({
  async exec(t, name) {
    const path = join(folder, name)
    const { stdout, stderr, exit } = await runIn({ stdin: readFileSync(join(path, 'query')) }, 'terraform')
    for (const [file, given] of Object.entries({ result: shown(stdout), stderr })) {
      const expected = join(path, file)
      if (update && given === '') rmSync(expected, { force: true })
      else if (update) writeFileSync(expected, given)
      t.is(given, existsSync(expected) ? readFileSync(expected, 'utf8') : '', file)
    }
    t.is(exit, stderr === '' ? 0 : 2)
    t.is(stdout.length === 0, exit !== 0)
  },
  title: (_, name = '') => `query: ${name.replaceAll('-', ' ')}`,
})
for (const name of readdirSync(folder).sort()) test.serial(golden, name)

const SCRIPT = '#!/bin/sh\necho hello\n'
const CONFIG = `#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: web
`
const ON = '{"connect-inject":"true","connect-service":"web","connect-service-port":"8080"}'
const FLAGS = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'].flatMap(flag => ['-a', flag])
const METADATA = 'annotations:\n  consul.hashicorp.com/connect-service-port: "9090"\n'
const VENDOR = '#cloud-config\npackages: [curl]\n'
const VALUES = 'connectInject: {transparentProxy: {defaultEnabled: false}}\n'

const SAME: readonly (readonly [query: Strings, args: readonly string[]])[] = [
  [{ user_data: CONFIG }, []],
  [{ user_data: SCRIPT }, []],
  [{ user_data: '', annotations: ON }, FLAGS],
  [{ user_data: SCRIPT, annotations: ON, profile: 'prebuilt' }, [...FLAGS, '--profile', 'prebuilt']],
  [{ user_data: CONFIG, metadata: METADATA, values: VALUES }, ['--metadata', 'metadata', '--values', 'values']],
  [{ user_data: SCRIPT, values: VALUES, default_inject: 'true', annotations: ON }, [...FLAGS, '--values', 'values']],
  [
    { user_data: CONFIG, layout: 'cloud-config', platform: 'multipass' },
    ['--layout', 'cloud-config', '--platform', 'multipass'],
  ],
  [{ user_data: CONFIG, layout: 'cloud-config', vendor_data: VENDOR }, ['--layout', 'cloud-config']],
  [{ user_data: CONFIG, default_inject: 'false', strict: 'false', allow_unknown: 'false' }, []],
]
for (const [at, [query, args]] of SAME.entries()) {
  test(`the user-data is what the command line gives (${at + 1}): ${Object.keys(query).join(', ')}`, async t => {
    const files = { metadata: query['metadata'] ?? '', values: query['values'] ?? '' }
    const { stdout } = await runIn({ stdin: query['user_data'] ?? '', files }, ...args)
    const result = await resultOf(query)
    t.is(result['user_data'], stdout.toString('utf8'))
    t.deepEqual(bytesOf(result), stdout)
  })
}

test('what is too large for the platform is refused with a status of its own', async t => {
  const { stdout, stderr, exit } = await ask({
    user_data: `${CONFIG}${'# a long comment\n'.repeat(1000)}`,
    platform: 'ec2',
  })
  t.is(exit, 3)
  t.is(stdout.length, 0)
  t.regex(stderr, /^error\[E501\]/)
})

test('vendor-data whose keys would be hidden is refused', async t => {
  const vendor = '#cloud-config\nruncmd: [[touch, /a]]\n'
  const { stderr, exit } = await ask({ user_data: CONFIG, layout: 'cloud-config', vendor_data: vendor })
  t.is(exit, 2)
  t.regex(stderr, /^ --> vendor_data:2:1$/m)
})

test('what is compressed is there in base64 only', async t => {
  const result = await resultOf({ user_data: CONFIG, platform: 'openstack', compress: 'always' })
  t.false('user_data' in result)
  const { user_data: plain } = await resultOf({ user_data: CONFIG, platform: 'openstack' })
  t.is(gunzipSync(bytesOf(result)).toString('utf8'), plain ?? '')
})

test('bytes and digest are those of the user-data', async t => {
  const result = await resultOf({ user_data: CONFIG })
  t.is(result['bytes'], String(bytesOf(result).length))
  t.is(result['sha256'], createHash('sha256').update(bytesOf(result)).digest('hex'))
})

test('every value of a result is a string, and every key of it is in the help', async t => {
  const help = (await runIn({}, 'help', 'terraform')).stdout.toString()
  for (const [key, value] of Object.entries(await resultOf({ user_data: CONFIG }))) {
    t.is(typeof value, 'string', key)
    t.regex(help, new RegExp(`^  ${key}: `, 'm'))
  }
})

test('every option of an injection is a key of the query, and every key is in the help', async t => {
  const keys = QUERY.map(([key]) => key)
  const help = (await runIn({}, 'help', 'terraform')).stdout.toString()
  for (const { name, multiple } of INJECTION)
    t.true(keys.includes(name.replaceAll('-', '_') + (multiple === true ? 's' : '')), name)
  for (const key of keys) t.regex(help, new RegExp(`^  ${key}: `, 'm'))
})

test('gzip in base64 stays gzip, and there is no text of it', async t => {
  const result = await resultOf({ user_data_base64: gzipSync(CONFIG).toString('base64') })
  t.false('user_data' in result)
  const { user_data: plain } = await resultOf({ user_data: CONFIG })
  t.is(gunzipSync(bytesOf(result)).toString('utf8'), plain ?? '')
})

test('user-data that came as base64 text stays so, and user_data_base64 is it, not base64 of it', async t => {
  const result = await resultOf({ user_data: Buffer.from(CONFIG).toString('base64') })
  t.is(result['user_data'], result['user_data_base64'])
  t.regex(bytesOf(result).toString(), /^Content-Type: multipart\/mixed/)
})

test('a text that Terraform would compose anew is given in base64 only', async t => {
  const text = '#!/bin/sh\necho e\u0301\n'
  const result = await resultOf({ user_data_base64: Buffer.from(text).toString('base64') })
  t.false('user_data' in result)
  t.is(bytesOf(result).toString('utf8'), text)
})

test('bytes that are not UTF-8 come through as they are', async t => {
  const bytes = Buffer.from([...Buffer.from('#!/bin/sh\n'), 0xe9, 0xff])
  const result = await resultOf({ user_data_base64: bytes.toString('base64') })
  t.deepEqual(bytesOf(result), bytes)
})

test('the result of a query is a query without effect: injecting again gives the same', async t => {
  const once = await resultOf({ user_data: CONFIG })
  t.deepEqual(await resultOf({ user_data: once['user_data'] ?? '' }), once)
  t.deepEqual(await resultOf({ user_data_base64: once['user_data_base64'] ?? '' }), once)
})

test('a terminal gives no query', async t => {
  const { stderr, exit } = await runIn({ stdinIsTerminal: true }, 'terraform')
  t.is(exit, 2)
  t.regex(stderr, /^error: there is no query/)
})

test('a query that is not JSON is not shown: it may hold what is nobody else\u2019s', async t => {
  const { stderr, exit } = await runIn({ stdin: '{"user_data": s3cr3t' }, 'terraform')
  t.is(exit, 2)
  t.false(stderr.includes('s3cr3t'))
})

test('a terminal that takes colours gets none: Terraform shows the words to others', async t => {
  const world = { stdin: '{}', stderrIsTerminal: true }
  t.false((await runIn(world, 'terraform')).stderr.includes('\u001b'))
})
