import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { inject, PLATFORMS, uninject } from '../../src/index.ts'
import { brief, bytes, codes } from '../support/places.ts'

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const
/** A script of so many bytes that do not compress well. */
const script = (length: number): Uint8Array => {
  let state = 1
  const noise = Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(97 + (state % 26))
  })
  return bytes(`#!/bin/sh\n: ${noise.join('')}\n`)
}
const ROWS = PLATFORMS.flatMap(platform =>
  platform.limit === undefined ? [] : [{ ...platform, limit: platform.limit }],
)
/** The largest script that still fits, found by its length. */
function largest(limit: number, counted: (length: number) => number): number {
  let [low, high] = [0, limit]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (counted(middle) <= limit) low = middle
    else high = middle - 1
  }
  return low
}

for (const { name, limit, title, counts } of ROWS.filter(row => row.limit > 4000)) {
  test(`${title}: the last byte that fits is let through, one more is refused with the numbers`, t => {
    const of = (length: number): ReturnType<typeof inject> => inject(script(length), { ...OPTIONS, platform: name })
    const length = largest(limit, it => of(it).size?.counted ?? 0)
    const fits = of(length)
    const over = of(length + 3)
    t.deepEqual(
      fits.diagnostics.filter(({ severity }) => severity === 'error'),
      [],
    )
    const sent = fits.output?.length ?? 0
    t.is(fits.size?.counted, counts === 'base64' ? Math.ceil(sent / 3) * 4 : sent)
    t.is(over.output, undefined)
    t.deepEqual(
      codes(over.diagnostics).filter(code => code.startsWith('E')),
      ['E501'],
    )
    t.true(over.diagnostics.at(-1)?.message.includes(`than ${title} takes (`))
    t.true((over.size?.counted ?? 0) > limit)
  })
}

test('compression happens only when asked, and auto only where it must', t => {
  const long = script(14_500)
  const at = (options: object): ReturnType<typeof inject> => inject(long, { ...OPTIONS, platform: 'ec2', ...options })
  t.is(at({}).output, undefined)
  t.regex(at({}).diagnostics.at(-1)?.hint ?? '', /^--compress auto makes it \d+,\d{3}$/)
  const auto = at({ compress: 'auto' })
  t.deepEqual([auto.output?.[0], auto.output?.[1]], [0x1f, 0x8b])
  t.true(auto.size?.compressed)
  t.is(inject(bytes('#!/bin/sh\n'), { ...OPTIONS, platform: 'ec2', compress: 'auto' }).output?.[0], 'C'.charCodeAt(0))
  t.is(inject(bytes('#!/bin/sh\n'), { ...OPTIONS, compress: 'auto' }).size?.compressed, false)
  t.is(inject(bytes('#!/bin/sh\n'), { ...OPTIONS, compress: 'always' }).output?.[0], 0x1f)
})

test('what is not injected is not compressed', t => {
  const input = script(20_000)
  t.is(inject(input, { platform: 'ec2', compress: 'always' }).output, input)
})

test('where only text gets through, what is compressed becomes base64, and the operator is told of it', t => {
  const { output, diagnostics } = inject(bytes('#cloud-config\n'), {
    ...OPTIONS,
    layout: 'cloud-config',
    platform: 'kubevirt',
    compress: 'always',
  })
  const text = Buffer.from(output ?? '').toString('latin1')
  t.regex(text, /^[A-Za-z0-9+/]+=*$/)
  t.true(text.length <= 2048)
  t.true(gunzipSync(Buffer.from(text, 'base64')).toString('utf8').startsWith('#cloud-config\n'))
  t.deepEqual(
    diagnostics.filter(({ code }) => code === 'N105').map(({ hint }) => hint),
    ['give it as userDataBase64'],
  )
})

test('a form that the platform does not take is refused with the remedy', t => {
  const refused = (input: Uint8Array, options: object): readonly string[] =>
    inject(input, { ...OPTIONS, ...options })
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(entry => `${brief(entry)}: ${entry.hint}`)
  const config = bytes('#cloud-config\n')
  t.deepEqual(refused(config, { platform: 'multipass' }), [
    'E403 nowhere MIME does not get through Multipass: use --layout cloud-config',
  ])
  t.deepEqual(refused(config, { platform: 'multipass', layout: 'cloud-config' }), [])
  t.deepEqual(refused(gzipSync(config), { platform: 'lxd' }), [
    'E407 nowhere gzip does not get through LXD and Incus: give the document uncompressed, and leave out --compress',
  ])
  t.deepEqual(refused(gzipSync(config), { platform: 'gce' }), [
    'E407 nowhere gzip does not get through Google Compute Engine: give it in base64',
  ])
  t.deepEqual(refused(bytes(gzipSync(config).toString('base64')), { platform: 'gce' }), [])
})

test('an inline limit that nothing fits names the way around it', t => {
  const { diagnostics } = inject(bytes('#cloud-config\n'), { ...OPTIONS, profile: 'full', platform: 'kubevirt' })
  const hint = diagnostics.at(-1)?.hint ?? ''
  t.regex(hint, /--compress auto makes it [\d,]+, which is still too many/)
  t.regex(hint, /--profile prebuilt/)
  t.regex(hint, /name that in secretRef/)
})

test('of what the tool compressed the operator gets the bytes back, and compressing again changes nothing', t => {
  const platforms = fc.constantFrom(...PLATFORMS.filter(({ gzip }) => gzip !== 'no').map(({ name }) => name))
  fc.assert(
    fc.property(platforms, fc.integer({ min: 0, max: 500 }), (platform, length) => {
      const input = script(length)
      const options = { ...OPTIONS, platform, compress: 'always' } as const
      const { output } = inject(input, options)
      fc.pre(output !== undefined)
      t.deepEqual(Buffer.from(uninject(output ?? input).output ?? ''), Buffer.from(input))
      t.deepEqual(inject(output ?? input, options).output, output)
    }),
    { numRuns: 50 },
  )
})
