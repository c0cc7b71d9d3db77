import test from 'ava'
import { staticVendorData, vendorData } from '../../src/index.ts'
import { runIn } from './world.ts'

const CONFIG =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const files = {
  'web.yaml': CONFIG,
  'values.yaml': 'connectInject: {default: true}\n',
  'meta.yaml': 'annotations: {}\n',
}

test('user-data comes from a file or from standard input', async t => {
  const expected = Buffer.from(vendorData(Buffer.from(CONFIG)).output ?? []).toString()
  t.is((await runIn({ files }, 'vendor-data', 'web.yaml')).stdout.toString(), expected)
  t.is((await runIn({ stdin: CONFIG }, 'vendor-data')).stdout.toString(), expected)
})

test('the document of a fleet reads no user-data', async t => {
  const { exit, stdout, stderr } = await runIn({ stdinIsTerminal: true }, 'vendor-data', '--static')
  t.is(exit, 0)
  t.is(stderr, '')
  t.is(stdout.toString(), Buffer.from(staticVendorData().output ?? []).toString())
})

test('it takes values, a profile and annotations', async t => {
  const argv = ['--values', 'values.yaml', '--profile', 'prebuilt', '-a', 'service-tags=fleet']
  const { stdout } = await runIn({ files }, 'vendor-data', '--static', ...argv)
  const expected = staticVendorData({
    values: { name: 'values.yaml', text: files['values.yaml'] },
    profile: 'prebuilt',
    annotations: ['service-tags=fleet'],
  })
  t.is(stdout.toString(), Buffer.from(expected.output ?? []).toString())
})

test('the form of OpenStack is JSON around the same bytes', async t => {
  for (const argv of [['--static'], ['web.yaml']]) {
    const raw = await runIn({ files }, 'vendor-data', ...argv)
    const { stdout } = await runIn({ files }, 'vendor-data', '--form', 'openstack', ...argv)
    t.deepEqual(JSON.parse(stdout.toString()), { 'cloud-init': raw.stdout.toString() })
  }
})

test('user-data that is not annotated gives nothing, or JSON without anything, and exit status 0', async t => {
  const raw = await runIn({ stdin: '#!/bin/sh\n' }, 'vendor-data')
  t.is(raw.exit, 0)
  t.is(raw.stdout.length, 0)
  const { exit, stdout } = await runIn({ stdin: '#!/bin/sh\n' }, 'vendor-data', '--form', 'openstack')
  t.is(exit, 0)
  t.deepEqual(JSON.parse(stdout.toString()), {})
})

test('-o writes a file, an empty one too', async t => {
  const { written, stdout } = await runIn({ stdin: '' }, 'vendor-data', '-o', 'vendor-data')
  t.is(written.get('vendor-data')?.length, 0)
  t.is(stdout.length, 0)
})

test('what is of one VM is refused beside --static', async t => {
  const file = await runIn({ files }, 'vendor-data', '--static', 'web.yaml')
  t.is(file.exit, 2)
  t.regex(file.stderr, /--static takes no user-data, and web\.yaml is given/)
  const metadata = await runIn({ files }, 'vendor-data', '--static', '--metadata', 'meta.yaml')
  t.is(metadata.exit, 2)
  t.regex(metadata.stderr, /--metadata is of one VM/)
})

test('the profile fetch is refused beside --static, with what to use instead', async t => {
  const { exit, stdout, stderr } = await runIn({}, 'vendor-data', '--static', '--profile', 'fetch')
  t.deepEqual([exit, stdout.length], [2, 0])
  t.regex(stderr, /--static takes no --profile fetch\n {2}= help: use full or prebuilt/)
})
