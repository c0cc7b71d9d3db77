import test from 'ava'
import { ADDRESSES } from '../../annotations/generated/addresses.ts'
import { cidrs } from '../../src/annotate/grammar/cidrs.ts'
import { PLATFORMS } from '../../src/fit/platforms.ts'
import { type InjectOptions, inject } from '../../src/index.ts'
import { shownNodes } from '../../src/plan/node.ts'
import { bytes } from '../support/places.ts'

const FLAG = '-exclude-outbound-cidr='
const ALL = ADDRESSES.map(({ cidr }) => cidr)
/** Platforms that can be named; the others of the table have no limits that are known here. */
const UNNAMED = ['oracle', 'hetzner', 'vultr', 'akamai', 'tencent', 'scaleway', 'alibaba']

function excluded(options: InjectOptions, ...annotations: readonly string[]): readonly string[] {
  const given = ['connect-inject=true', 'connect-service=web', ...annotations]
  const { plan, diagnostics } = inject(bytes(''), { profile: 'prebuilt', ...options, annotations: given })
  if (plan === undefined) throw new Error(JSON.stringify(diagnostics))
  const nodes = shownNodes(plan.serviceConfig.plan.sidecars[0]?.redirect ?? [])
  return nodes.filter(node => node.startsWith(FLAG)).map(node => node.slice(FLAG.length))
}

test('where no platform is named, what any platform keeps for itself is left alone, of both families', t => {
  t.deepEqual(excluded({}), ALL)
  for (const address of ['168.63.129.16/32', '169.254.169.254/32', 'fd00:ec2::254/128', 'fe80::a9fe:a9fe/128'])
    t.true(ALL.includes(address), address)
})

const OWN: readonly (readonly [NonNullable<InjectOptions['platform']>, readonly string[]])[] = [
  ['azure', ['169.254.169.254/32', '168.63.129.16/32']],
  ['gce', ['169.254.169.254/32', 'fd20:ce::254/128']],
  ['openstack', ['169.254.169.254/32', 'fe80::a9fe:a9fe/128']],
  ['vsphere', ['169.254.169.254/32']],
  [
    'ec2',
    [
      ...['169.254.169.254/32', '169.254.170.0/24', 'fd00:ec2::254/128', 'fd00:ec2::23/128'],
      ...['169.254.169.253/32', '169.254.169.123/32', 'fd00:ec2::253/128', 'fd00:ec2::123/128'],
    ],
  ],
]
for (const [platform, own] of OWN) {
  test(`on ${platform} its own addresses are left alone, and no other`, t => {
    t.deepEqual(excluded({ platform }), own)
  })
}

test('each purpose has a switch, and single addresses can be taken back in', t => {
  const [metadata, services] = ['metadata', 'platform'].map(
    name => `alpha.consul.hashicorp.com/transparent-proxy-exclude-${name}=false`,
  ) as [string, string]
  t.deepEqual(excluded({ platform: 'azure' }, metadata), ['168.63.129.16/32'])
  t.deepEqual(excluded({ platform: 'azure' }, services), ['169.254.169.254/32'])
  t.deepEqual(excluded({}, metadata, services), [])
  const own = 'consul.hashicorp.com/transparent-proxy-exclude-outbound-cidrs=168.63.129.16'
  t.deepEqual(excluded({}, metadata, services, own), ['168.63.129.16'])
})

test('the table has each block once, in its plain form, of platforms that are known', t => {
  t.is(new Set(ALL).size, ALL.length)
  for (const block of ALL) {
    const read = cidrs(block)
    t.deepEqual(read.ok ? read.value.map(({ text }) => text) : read, [block])
  }
  const known = new Set([...PLATFORMS.map(({ name }) => name as string), ...UNNAMED])
  t.deepEqual(
    ADDRESSES.flatMap(({ platforms }) => platforms).filter(name => !known.has(name)),
    [],
  )
})
