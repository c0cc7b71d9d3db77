import test from 'ava'
import { inject } from '../../../src/index.ts'
import { injectManifest } from '../../../src/kubernetes/manifest/manifest.ts'
import { ASKED, answerTo, P, PLAIN, ROOMY, review } from '../../support/kubevirt.ts'
import { A, connected, MESH, METRICS, pool, tcp, udp } from '../../support/kubevirt-network.ts'
import { bytes, codes } from '../../support/places.ts'

/** The warnings of an admission, without the name of the tool and the place. */
const warningsFor = (object: unknown): readonly string[] =>
  (answerTo(review(object), ROOMY).warnings ?? []).map(line =>
    line.replace(/^consul-vm-inject: (W\d+) \S+(?:interfaces\[\d\]\.\w+): /, '$1 '),
  )
const lacking = (ports: string): string =>
  `W603 peers do not reach ${ports} of this VM; add these ports, or leave ports out, which hands on all`
const ALL = '20000/TCP (sidecar), 8301/TCP and 8301/UDP (gossip)'
const hidden = (binding: string): string =>
  `W604 ${binding} gives every VM the same address, and peers reach none by it; ` +
  'use bridge, or a second network and alpha.consul.hashicorp.com/bind-addr'
const WEB = [tcp(8080), tcp(22)]

const told = test.macro<[what: string, object: unknown, expected: readonly string[]]>({
  exec(t, _, object, expected) {
    t.deepEqual(warningsFor(object), expected)
    t.not(answerTo(review(object)).patch, undefined, 'it is injected all the same')
  },
  title: (_, what, __, expected) => `${what}: ${expected.length === 0 ? 'nothing to say' : 'a warning'}`,
})

test(told, 'passt with ports that lack those of the mesh', connected([{ name: 'a', passt: {}, ports: WEB }]), [
  lacking(ALL),
])
test(told, 'passt of the core', connected([{ name: 'a', passtBinding: {}, ports: WEB }]), [lacking(ALL)])
test(told, 'passt as a plugin', connected([{ name: 'a', binding: { name: 'passt' }, ports: WEB }]), [lacking(ALL)])
test(told, 'masquerade with ports', connected([{ name: 'a', masquerade: {}, ports: WEB }]), [
  lacking(ALL),
  hidden('masquerade'),
])
test(told, 'masquerade with the ports of the mesh', connected([{ name: 'a', masquerade: {}, ports: MESH }]), [
  hidden('masquerade'),
])
test(told, 'masquerade that hands on all', connected([{ name: 'a', masquerade: {} }]), [hidden('masquerade')])
test(told, 'masquerade with an empty list', connected([{ name: 'a', masquerade: {}, ports: [] }]), [
  hidden('masquerade'),
])
test(told, 'slirp as a plugin', connected([{ name: 'a', binding: { name: 'slirp' }, ports: MESH }]), [hidden('slirp')])
test(
  told,
  'a port of the wrong protocol',
  connected([{ name: 'a', passt: {}, ports: [...MESH.slice(0, 2), udp(20000)] }]),
  [lacking('8301/UDP (gossip)')],
)
test(told, 'the ports of the mesh', connected([{ name: 'a', passt: {}, ports: [...WEB, ...MESH] }]), [])
for (const binding of ['bridge', 'sriov', 'macvtap']) {
  test(
    told,
    `${binding} with ports, which limit nothing there`,
    connected([{ name: 'a', [binding]: {}, ports: WEB }]),
    [],
  )
}
test(told, 'a binding of another plugin', connected([{ name: 'a', binding: { name: 'other' }, ports: WEB }]), [])
test(told, 'no interfaces', connected([]), [])
test(
  told,
  'a second network that the agent was told of',
  connected(
    [
      { name: 'a', masquerade: {}, ports: WEB },
      { name: 'b', bridge: {} },
    ],
    { [`${A}bind-addr`]: 'eth1' },
  ),
  [],
)
test(
  told,
  'a second network that the agent was not told of',
  connected([
    { name: 'a', masquerade: {}, ports: MESH },
    { name: 'b', sriov: {} },
  ]),
  [hidden('masquerade')],
)
test(
  told,
  'an address of the agent on the only network',
  connected([{ name: 'a', masquerade: {} }], { [`${A}bind-addr`]: '10.0.2.2' }),
  [hidden('masquerade')],
)
test(
  told,
  'user-data that says what the agent is to advertise',
  connected(
    [{ name: 'a', masquerade: {} }],
    {},
    {
      userData: '#cloud-config\nruncmd: [echo advertise_addr = \\"$(dig)\\" > /etc/consul.d/a.hcl]\n',
    },
  ),
  [],
)
test(told, 'metrics', connected([{ name: 'a', passt: {}, ports: MESH }], METRICS), [lacking('20200/TCP (metrics)')])
test(
  told,
  'two services',
  connected([{ name: 'a', passt: {}, ports: MESH }], {
    [`${P}connect-service`]: 'web,admin',
    [`${P}connect-service-port`]: '8080,9090',
    [`${P}transparent-proxy`]: 'false',
  }),
  [lacking('20001/TCP (sidecar)')],
)
test(
  told,
  'a pool',
  pool([{ name: 'a', masquerade: {}, ports: MESH.slice(1) }], { instance: { annotations: ASKED } }),
  [lacking('20000/TCP (sidecar)'), hidden('masquerade')],
)

test('a warning about ports is whole also where the path to them is long', t => {
  const object = pool([{ name: 'a', masquerade: {}, ports: WEB }], { instance: { annotations: ASKED } })
  const { warnings = [] } = answerTo(review(object))
  t.is(warnings.length, 2)
  for (const line of warnings) t.notRegex(line, /…/)
  t.regex(warnings[0] ?? '', /^consul-vm-inject: W603 spec\.virtualMachineTemplate\..*interfaces\[0\]\.ports: /)
})

test('a VM that is not injected is told nothing of its network', t => {
  const off = connected([{ name: 'a', masquerade: {}, ports: WEB }], { [`${P}connect-inject`]: 'false' })
  t.deepEqual(answerTo(review(off)), { uid: 'a-uid', allowed: true })
})

test('an annotated VM with its user-data in a Secret is told of its network too', t => {
  const object = connected([{ name: 'a', passt: {}, ports: WEB }], {}, { secretRef: { name: 'web' } })
  t.deepEqual(
    warningsFor(object).map(line => /W\d+/.exec(line)?.[0]),
    ['W601', 'W603'],
  )
})

const asManifest = (...objects: readonly object[]): Uint8Array =>
  bytes(objects.map(one => JSON.stringify(one)).join('\n---\n'))
const secretNamed = (name: string, namespace?: string, userdata: string = PLAIN): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, ...(namespace !== undefined && { namespace }), annotations: ASKED },
  stringData: { userdata },
})

test('a manifest in which a Secret is injected tells what keeps peers from the VM that uses it', t => {
  const vm = { ...connected([{ name: 'a', passt: {}, ports: WEB }], {}, { secretRef: { name: 'web' } }) }
  const bare = JSON.parse(JSON.stringify(vm).replaceAll('consul.hashicorp.com/', 'example.org/'))
  const codesOf = (...objects: readonly object[]): readonly string[] =>
    codes(injectManifest(asManifest(...objects), ROOMY).diagnostics).filter(code => code.startsWith('W60'))
  t.deepEqual(codesOf(secretNamed('web'), bare), ['W603'])
  t.deepEqual(codesOf(bare, secretNamed('web')), ['W603'])
  t.deepEqual(codesOf(secretNamed('other'), bare), [])
  t.deepEqual(codesOf(secretNamed('web', 'elsewhere'), bare), [])
  t.is(injectManifest(asManifest(secretNamed('web'), bare), { ...ROOMY, strict: true }).output, undefined)
})

test('user-data in a Secret may say what the agent is to advertise', t => {
  const vm = connected([{ name: 'a', masquerade: {} }], {}, { secretRef: { name: 'web' } })
  const bare = JSON.parse(JSON.stringify(vm).replaceAll('consul.hashicorp.com/', 'example.org/'))
  const codesWith = (userdata: string): readonly string[] =>
    codes(injectManifest(asManifest(secretNamed('web', undefined, userdata), bare), ROOMY).diagnostics)
  t.true(codesWith(PLAIN).includes('W604'))
  t.false(codesWith('#!/bin/sh\necho "advertise_addr = \\"$(address)\\"" > /etc/consul.d/a.hcl\n').includes('W604'))
})

test('the ports of the plan are those that are looked for', t => {
  const { plan } = inject(bytes(PLAIN), { annotations: ['connect-inject=true', 'connect-service=web'] })
  t.regex(JSON.stringify(plan), /"port":20000/)
})
