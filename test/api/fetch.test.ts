import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { guestUrlFaults } from '../../src/api/guest-url.ts'
import { guestBundle, type InjectOptions, inject, preview, uninject, vendorData } from '../../src/index.ts'
import { brief, bytes, codes, text } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const WEB = bytes(
  `#cloud-config\n# ${P}connect-inject: "true"\n# ${P}connect-service: "web"\n# ${P}connect-service-port: "8080"\npackages: [nginx]\n`,
)
const FOLDER = 'http://store.example.com/guest/'
const FETCH = { profile: 'fetch', guestUrl: FOLDER } as const
const FETCHER = '/var/lib/consul-vm-inject/fetch'
const UNIT = '/etc/systemd/system/consul-vm-inject-fetch.service'
const { digest } = guestBundle()

function injected(options: InjectOptions, input: Uint8Array = WEB): Uint8Array {
  const { output, diagnostics } = inject(input, options)
  if (output === undefined) throw new Error(diagnostics.map(brief).join('\n'))
  return output
}

test('the bundle is what its digest says, and a program that is the same each time', t => {
  const { bytes: bundle } = guestBundle()
  t.is(createHash('sha256').update(bundle).digest('hex'), digest)
  t.deepEqual(guestBundle().bytes, bundle)
  t.true(text(bundle).startsWith('#!/usr/bin/env python3\n'))
})

test('the plan, the agent’s settings and what fetches the rest travel, and no guest file', t => {
  const { injection } = inject(WEB, FETCH)
  t.deepEqual(
    injection?.files.map(({ path }) => path),
    ['/srv/consul/service-config.json', '/etc/consul.d/0-consul-vm-inject.json', FETCHER, UNIT],
  )
  // By that word the boothook finds the two that it writes itself.
  t.deepEqual(
    injection?.files.filter(({ path }) => path.includes('fetch')).map(({ path }) => path),
    [FETCHER, UNIT],
  )
  t.deepEqual(injection?.fetches, { url: FOLDER + digest, digest })
})

for (const [address, url] of [
  [FOLDER, FOLDER + digest],
  ['https://store.example.com/guest.bundle', 'https://store.example.com/guest.bundle'],
  ['http://[2001:db8::1]:8080/guest/', `http://[2001:db8::1]:8080/guest/${digest}`],
  ['https://s.example.com/b?X-Sig=a%2Fb&$(id);`x`', undefined],
  ['https://s.example.com/b?X-Sig=a%2Fb&x=$(id);y', 'https://s.example.com/b?X-Sig=a%2Fb&x=$(id);y'],
] as const) {
  test(`${address} is fetched as ${url ?? 'nothing: it is refused'}`, t => {
    const { output, injection, diagnostics } = inject(WEB, { ...FETCH, guestUrl: address })
    if (url === undefined) {
      t.is(output, undefined)
      t.deepEqual(codes(diagnostics), ['E111'])
      return
    }
    t.true(injection?.files.find(({ path }) => path === FETCHER)?.content.includes(`\nurl='${url}' digest=${digest}\n`))
  })
}

const FAULTS = new Map([
  ['needs the address', 'E104'],
  ['not a URL', 'E111'],
  ['credentials', 'E112'],
])

test('what is no address that can be fetched is refused with words, and nothing is written', t => {
  const faults: readonly (readonly [string | undefined, RegExp])[] = [
    [undefined, /needs the address/],
    ['', /not a URL/],
    ['guest/', /not a URL/],
    ['ftp://store/guest/', /not a URL/],
    ['file:///guest', /not a URL/],
    ['HTTP://store/', /not a URL/],
    ['http://', /not a URL/],
    ['http:///guest', /not a URL/],
    ["http://store/'$(id)'", /not a URL/],
    ['http://store/a b', /not a URL/],
    ['http://store/"', /not a URL/],
    ['http://store/\\', /not a URL/],
    ['http://store/{a,b}', /not a URL/],
    ['http://store/`id`', /not a URL/],
    ['http://store/\n=== 0644 /etc/passwd\n', /not a URL/],
    ['http://störe/', /not a URL/],
    ['http://store:99999/', /not a URL/],
    [`http://store/${'a'.repeat(1024)}`, /not a URL/],
    ['http://me:secret@store/guest/', /credentials/],
    ['http://me@store/guest/', /credentials/],
  ]
  for (const [guestUrl, message] of faults) {
    const { output, diagnostics } = inject(WEB, { profile: 'fetch', ...(guestUrl !== undefined && { guestUrl }) })
    t.is(output, undefined, guestUrl)
    t.deepEqual(codes(diagnostics), [FAULTS.get(message.source)], guestUrl)
    t.regex(diagnostics[0]?.message ?? '', message, guestUrl)
    t.truthy(diagnostics[0]?.hint)
  }
  t.deepEqual(guestUrlFaults('full', undefined), [])
})

test('of every address that is taken the script holds one word, as it was given', t => {
  const hostile = fc.oneof(
    fc.string(),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string().map(tail => `http://s/${tail}`),
  )
  fc.assert(
    fc.property(hostile, guestUrl => {
      const { injection } = inject(WEB, { profile: 'fetch', guestUrl })
      if (injection === undefined) return
      const script = injection.files.find(({ path }) => path === FETCHER)?.content ?? ''
      const [, url] = /\nurl='([^'\n]*)' digest=[0-9a-f]{64}\n/.exec(script) ?? []
      t.is(url, guestUrl.endsWith('/') ? guestUrl + digest : guestUrl)
    }),
  )
})

test('both layouts give the operator’s bytes back, and are injected anew as the same', t => {
  for (const layout of ['multipart', 'cloud-config'] as const) {
    const once = injected({ ...FETCH, layout })
    t.deepEqual(injected({ ...FETCH, layout }, once), once)
    t.deepEqual(uninject(once).output, WEB)
    t.deepEqual(injected({ profile: 'full' }, once), injected({ profile: 'full' }))
  }
})

test('one cloud-config enables the unit that is there, without waiting for it, and nothing that is not', t => {
  const output = text(injected({ ...FETCH, layout: 'cloud-config' }))
  t.true(output.includes('- [systemctl, --now, --no-block, enable, consul-vm-inject-fetch.service]\n'))
  t.false(output.includes('consul-sidecar-init'))
})

test('vendor-data brings the same boothook and script', t => {
  const { output, injection } = vendorData(WEB, FETCH)
  t.deepEqual(injection, inject(WEB, FETCH).injection)
  t.true(text(output ?? bytes('')).includes(injection?.boothook ?? '-'))
  t.deepEqual(
    codes(vendorData(WEB, { profile: 'fetch' }).diagnostics).filter(code => code.startsWith('E')),
    ['E104'],
  )
})

test('a preview shows the files that travel, and what the guest fetches', t => {
  const { preview: seen } = preview(WEB, { ...FETCH, guestUrl: `${FOLDER}?signature=s3cr3t` })
  t.deepEqual(
    seen?.files.map(({ path, by, change }) => [path, by, change]),
    [
      ['/srv/consul/service-config.json', 'boothook', 'added'],
      ['/etc/consul.d/0-consul-vm-inject.json', 'boothook', 'added'],
      [FETCHER, 'boothook', 'added'],
      [UNIT, 'boothook', 'added'],
    ],
  )
  t.is(seen?.fetches?.digest, digest)
  t.true(seen?.fetches?.url.startsWith(FOLDER))
})

/** What fits KubeVirt inline. The bytes do not depend on the zlib that runs by more than a few. */
const KUBEVIRT = 2048

test('the document of README fits KubeVirt inline, with fetch and with prebuilt', t => {
  for (const [options, most] of [
    [FETCH, 1980],
    [{ profile: 'prebuilt' }, 1500],
  ] as const) {
    // In bytes, and with no more addresses of a platform than KubeVirt has.
    const output = injected({ ...options, platform: 'nocloud', compress: 'always' })
    t.true(output.length <= most, `${output.length}`)
    t.true(most <= KUBEVIRT)
    const { output: fits, size } = inject(WEB, { ...options, platform: 'kubevirt', compress: 'auto' })
    t.truthy(fits)
    t.true((size?.counted ?? KUBEVIRT + 1) <= KUBEVIRT, `${size?.counted}`)
  }
})
