import test from 'ava'
import { readBoothook } from '../../src/decode/injection/guest-files.ts'
import { guest, inject, staticVendorData } from '../../src/index.ts'
import { bytes, codes, text } from '../support/places.ts'

interface Bundle {
  readonly defaults: { readonly annotations: Readonly<Record<string, string>>; readonly settings?: object }
  readonly inject: boolean
  readonly files: readonly { readonly path: string }[]
}

function bundleOf(output: Uint8Array | undefined): Bundle {
  const document = text(output ?? bytes(''))
  const settings = /^=== fleet\n([\s\S]*?^\})$/m.exec(document)?.[1] ?? ''
  return { ...(JSON.parse(settings) as Omit<Bundle, 'files'>), files: readBoothook(document)?.files ?? [] }
}

const values = (content: string): { readonly values: { readonly name: string; readonly text: string } } => ({
  values: { name: 'values.yaml', text: content },
})

test('one document carries the guest files, what the values file makes of agent and packages and that these are missing, and no configuration', t => {
  const paths = bundleOf(staticVendorData().output).files.map(({ path }) => path)
  const baked = guest().output?.files.map(({ path }) => path) ?? []
  t.deepEqual(
    paths.filter(path => !baked.includes(path)),
    ['/var/lib/consul-vm-inject/missing'],
  )
  for (const path of ['/etc/consul.d/0-consul-vm-inject.json', '/srv/consul/packages.conf'])
    t.true(paths.includes(path))
  t.true(paths.includes('/srv/consul/generate-sidecar-configs.py'))
})

test('the prebuilt profile carries no file at all', t => {
  t.deepEqual(bundleOf(staticVendorData({ profile: 'prebuilt' }).output).files, [])
})

test('nobody joins by default, unless the values or an option say so', t => {
  t.false(bundleOf(staticVendorData().output).inject)
  t.true(bundleOf(staticVendorData({ defaultInject: true }).output).inject)
  t.true(bundleOf(staticVendorData(values('connectInject: {default: true}')).output).inject)
})

test('annotations of the fleet outrank its values, and stand in the defaults', t => {
  const output = staticVendorData({
    ...values('connectInject: {transparentProxy: {defaultEnabled: false}}'),
    annotations: ['transparent-proxy=true', 'connect-service=web'],
  }).output
  const { annotations } = bundleOf(output).defaults
  t.is(annotations['consul.hashicorp.com/transparent-proxy'], 'true')
  t.is(annotations['consul.hashicorp.com/connect-service'], 'web')
})

test('the defaults that protect the operator are stated, so that they can be seen', t => {
  const { annotations } = bundleOf(staticVendorData({ annotations: ['connect-service=web'] }).output).defaults
  t.deepEqual(annotations, {
    'alpha.consul.hashicorp.com/transparent-proxy-exclude-metadata': 'true',
    'alpha.consul.hashicorp.com/transparent-proxy-exclude-platform': 'true',
    'alpha.consul.hashicorp.com/transparent-proxy-exclude-serf': 'true',
    'alpha.consul.hashicorp.com/transparent-proxy-exclude-ssh': 'true',
    'consul.hashicorp.com/connect-service': 'web',
    'consul.hashicorp.com/transparent-proxy': 'true',
  })
})

test('settings of the enterprise edition travel, those of the community do not', t => {
  t.is(bundleOf(staticVendorData().output).defaults.settings, undefined)
  const enterprise = values('global: {image: "hashicorp/consul-enterprise:1.22.0-ent"}')
  t.deepEqual(bundleOf(staticVendorData(enterprise).output).defaults.settings, {
    enterprise: true,
    namespaces: false,
    partitions: false,
  })
})

test('the domain of the mesh travels to the guest, which plans with it', t => {
  const { annotations } = bundleOf(staticVendorData(values('global: {domain: mesh.corp.test}')).output).defaults
  t.is(annotations['alpha.consul.hashicorp.com/domain'], 'mesh.corp.test')
})

test('faults of the defaults are all told, and then there is no output', t => {
  const { output, diagnostics } = staticVendorData({ annotations: ['conect-service=x', 'connect-service-port=http'] })
  t.is(output, undefined)
  t.deepEqual(codes(diagnostics), ['E201', 'E301'])
  const twice = staticVendorData({ annotations: ['connect-service=a', 'connect-service=b'] })
  t.deepEqual(codes(twice.diagnostics), ['E202'])
})

test('warnings count as errors when strict', t => {
  t.deepEqual(codes(staticVendorData({ annotations: ['service-tags='] }).diagnostics), ['W202'])
  t.truthy(staticVendorData({ annotations: ['service-tags='] }).output)
  t.is(staticVendorData({ annotations: ['service-tags='], strict: true }).output, undefined)
})

test('the document of a fleet is not annotated itself, so it may be user-data too', t => {
  const output = staticVendorData({ annotations: ['connect-service=web'] }).output ?? bytes('')
  const { output: same, decision } = inject(output)
  t.false(decision.inject)
  t.is(same, output)
})

test('the same options give the same bytes, all ASCII', t => {
  const [one, two] = [staticVendorData(), staticVendorData()].map(({ output }) => text(output ?? bytes('')))
  t.is(one, two)
  t.regex(one ?? '', /^[\t\n\x20-\x7e]*$/)
})
