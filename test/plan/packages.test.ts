import test from 'ava'
import { ACCEPTED } from '../../annotations/versions.ts'
import { check, inject } from '../../src/index.ts'
import { acceptedBy, newestFor, refused } from '../../src/plan/versions.ts'
import { bytes } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const document = (more = ''): Uint8Array =>
  bytes(`#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\n${more}packages: [nginx]\n`)
const valuesOf = (values: object): { name: string; text: string } => ({
  name: 'values.yaml',
  text: JSON.stringify(values),
})

/** The settings of the guest's installer that values and annotations lead to. */
function settings(values: object, more = ''): Readonly<Record<string, string>> {
  const { injection } = inject(document(more), { values: valuesOf(values) })
  const file = injection?.files.find(({ path }) => path === '/srv/consul/packages.conf')
  return Object.fromEntries((file?.content ?? '').split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)))
}

const APT = {
  url: 'https://mirror.example.com/apt',
  keyUrl: 'https://mirror.example.com/key',
  keyFingerprint: 'A'.repeat(40),
}

test('the table of versions goes up without a gap between its rows', t => {
  t.true(ACCEPTED.length > 8)
  for (const [index, { lowest, highest }] of ACCEPTED.entries()) {
    const before = ACCEPTED[index - 1]
    t.true(lowest <= highest)
    if (before === undefined) continue
    t.true(lowest > before.lowest && highest > before.highest && lowest <= before.highest + 1)
  }
})

test('both come from the same place, with an Envoy that the newest Consul accepts, and an older pair for an older kernel', t => {
  const found = settings({})
  const [newest, before] = [ACCEPTED.at(-1), ACCEPTED.at(-2)]
  t.is(found['APT_URL'], 'https://apt.releases.hashicorp.com')
  t.is(found['ENVOY_APT_PACKAGE'], 'hashicorp-envoy')
  t.is(found['ENVOY_RPM_PACKAGE'], 'hashicorp-envoy')
  t.is(found['ENVOY_UPTO'], `1.${newest?.highest}`)
  t.is(found['CONSUL_UPTO_OLD'], before?.consul)
  t.is(found['ENVOY_UPTO_OLD'], `1.${before?.highest}`)
})

test('an Envoy is chosen that goes with the pinned Consul', t => {
  for (const image of ['hashicorp/consul:1.21.3', 'hashicorp/consul-enterprise:1.21.3-ent']) {
    const found = settings({ global: { image } })
    t.is(found['CONSUL_VERSION'], '1.21.3')
    t.is(found['ENVOY_FROM'], '1.31')
    t.is(found['ENVOY_UPTO'], '1.34')
    t.is(found['ENVOY_UPTO_OLD'], '1.34')
    t.is(found['ENVOY_VERSION'], undefined)
  }
  const free = settings({ global: { image: 'hashicorp/consul:1.14.11' } })
  t.is(free['ENVOY_FROM'], undefined)
  t.is(free['ENVOY_UPTO'], '')
})

test('a Consul is chosen that goes with the pinned Envoy', t => {
  const found = settings({ vm: { packages: { envoy: { version: '1.34.2' } } } })
  t.is(found['CONSUL_UPTO'], '2.0')
  t.is(found['CONSUL_UPTO_OLD'], '2.0')
  t.is(found['ENVOY_UPTO'], '')
  t.is(settings({ global: { imageEnvoy: 'envoyproxy/envoy:v1.36.2' } })['CONSUL_UPTO'], undefined)
  t.is(
    settings({ global: { image: 'hashicorp/consul:1.21.3', imageEnvoy: 'envoyproxy/envoy:v1.34.2' } })['CONSUL_UPTO'],
    undefined,
  )
})

for (const [consul, envoy, said] of [
  ['1.22.0', '1.36.2', /Consul 1\.22\.0 does not start Envoy 1\.36\.2: it accepts 1\.33 to 1\.35/],
  ['1.21.0', '1.30.1', /it accepts 1\.31 to 1\.34/],
  ['2.1.0', '1.34.0', /it accepts 1\.35 to 1\.38/],
  ['1.22.0', '2.35.0', /does not start/],
  ['1.22.0', '1.35.3', undefined],
  ['2.1.0', '1.38.4', undefined],
  ['1.14.11', '1.40.0', undefined],
  ['3.0.0', '1.40.0', undefined],
] as const) {
  test(`Consul ${consul} and Envoy ${envoy} are ${said === undefined ? 'taken' : 'told of'} as a pair`, t => {
    for (const values of [
      { global: { image: `hashicorp/consul:${consul}`, imageEnvoy: `envoyproxy/envoy:v${envoy}` } },
      { vm: { packages: { consul: { version: consul }, envoy: { version: envoy } } } },
    ]) {
      const options = { values: valuesOf(values) }
      const of = (more = ''): readonly string[] =>
        check(document(more), options)
          .diagnostics.filter(({ message }) => message.includes('Envoy 1') || message.includes('Envoy 2'))
          .map(({ message }) => message)
      t.is(of().length, said === undefined ? 0 : 1)
      if (said !== undefined) t.regex(of()[0] ?? '', said)
      for (const own of [
        '-ignore-envoy-compatibility',
        '--ignore-envoy-compatibility=true',
        '-envoy-binary=/opt/envoy',
      ])
        t.deepEqual(of(`# ${P}envoy-extra-args: "${own}"\n`), [])
    }
  })
}

test('a version of another form fits anything', t => {
  t.is(acceptedBy('latest'), undefined)
  t.is(refused('1.22', 'latest'), undefined)
  t.is(refused('1.22', '1.36')?.highest, 35)
  t.is(newestFor('1.10.0'), undefined)
})

test('one mirror serves both, and a product may have a source and a name of its own', t => {
  const mirror = settings({ vm: { packages: { apt: APT } } })
  t.is(mirror['APT_URL'], APT.url)
  t.is(mirror['APT_FALLBACK_SUITE'], '')
  t.is(mirror['ENVOY_APT_PACKAGE'], 'hashicorp-envoy')
  const own = settings({ vm: { packages: { envoy: { apt: APT } } } })
  t.is(own['APT_URL'], 'https://apt.releases.hashicorp.com')
  t.is(own['ENVOY_APT_URL'], APT.url)
  t.is(own['ENVOY_APT_FALLBACK_SUITE'], '')
  t.is(own['ENVOY_APT_PACKAGE'], '')
  t.is(own['ENVOY_RPM_PACKAGE'], 'hashicorp-envoy')
  const named = settings({
    vm: {
      packages: {
        consul: { package: 'consul-enterprise', version: '1.22.0+ent' },
        envoy: { package: 'our-envoy', apt: APT },
      },
    },
  })
  t.is(named['CONSUL_APT_PACKAGE'], 'consul-enterprise')
  t.is(named['CONSUL_RPM_PACKAGE'], 'consul-enterprise')
  t.is(named['CONSUL_VERSION'], '1.22.0+ent')
  t.is(named['ENVOY_APT_PACKAGE'], 'our-envoy')
})

test('the name of a package is nothing else to a package manager', t => {
  for (const name of ['-o=APT::Get', 'a b', 'a/b', '$(id)', '']) {
    const { output, diagnostics } = inject(document(), {
      values: valuesOf({ vm: { packages: { consul: { package: name } } } }),
    })
    t.is(output, undefined, name)
    t.true(diagnostics.some(({ code }) => code === 'E213'))
  }
})

test('where Envoy is the operator’s own program only Consul is installed', t => {
  for (const words of ['-envoy-binary=/opt/envoy/bin/envoy', '--envoy-binary /opt/envoy/bin/envoy'])
    t.is(settings({}, `# ${P}envoy-extra-args: "-l debug ${words}"\n`)['ENVOY_OWN'], 'yes')
  t.is(settings({}, `# ${P}envoy-extra-args: "-l debug"\n`)['ENVOY_OWN'], undefined)
})

test('flags that are Consul’s stand before the arguments of Envoy', t => {
  const { injection } = inject(
    document(
      `# ${P}envoy-extra-args: "-l debug -ignore-envoy-compatibility -envoy-binary /opt/envoy --concurrency 3"\n`,
    ),
  )
  const config = injection?.files.find(({ path }) => path.endsWith('service-config.json'))?.content ?? ''
  const { unit } = (JSON.parse(config) as { plan: { sidecars: { unit: unknown[] }[] } }).plan.sidecars[0] ?? {
    unit: [],
  }
  const words = unit.map(line => String(line).replace(/ \\$/, '').trim())
  const from = words.indexOf('-ignore-envoy-compatibility')
  t.deepEqual(words.slice(from, from + 8), [
    '-ignore-envoy-compatibility',
    '-envoy-binary',
    '/opt/envoy',
    '--',
    '-l',
    'debug',
    '--concurrency',
    '3',
  ])
})
