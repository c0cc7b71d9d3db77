import { gunzipSync, inflateSync } from 'node:zlib'
import test from 'ava'
import { GUEST } from '../../userdata-templates/generated/guest.ts'
import { LIGHT } from '../../userdata-templates/generated/light.ts'
import { GZIPPED, PACKED } from '../../userdata-templates/generated/packed.ts'
import { PLACES } from '../../userdata-templates/generated/places.ts'

const nameOf = (header: string): string | undefined =>
  Object.keys(PLACES).find(name => header === `=== ${PLACES[name]?.join(' ')}`)

test('every pack holds light texts behind headers that say where they go, the generator first', t => {
  const packs = Object.entries(PACKED).filter(([pack]) => pack !== 'readers')
  t.true(packs.length > 0)
  for (const [, packed] of packs) {
    // Behind the files of a fleet stands the program that decides whether there are any.
    const [text = ''] = inflateSync(Buffer.from(packed, 'base64'))
      .toString('utf8')
      .split(/^=== join$/m)
    t.true(text.startsWith(`=== ${PLACES['generate-sidecar-configs.py']?.join(' ')}\n`))
    const parts = text.split(/^(=== .*)\n/m)
    t.is(parts[0], '')
    for (let at = 1; at < parts.length; at += 2) {
      // The program of a fleet is no guest file.
      if (parts[at] === '=== join') continue
      const name = nameOf(parts[at] ?? '')
      t.not(name, undefined, parts[at])
      t.is(parts[at + 1], LIGHT[name ?? ''])
    }
  }
})

test('the texts of one cloud-config are the light ones, in gzip without time and system', t => {
  t.deepEqual(Object.keys(GZIPPED), Object.keys(LIGHT))
  for (const [name, gzipped] of Object.entries(GZIPPED)) {
    const bytes = Buffer.from(gzipped, 'base64')
    t.is(gunzipSync(bytes).toString('utf8'), LIGHT[name] ?? '')
    t.is(bytes.subarray(0, 10).toString('hex'), '1f8b08000000000002ff')
  }
})

test('no guest file has a line that could be the header of a segment', t => {
  for (const [name, text] of Object.entries(GUEST)) {
    t.notRegex(text, /^=== /m, name)
    t.true(LIGHT[name]?.endsWith('\n'))
  }
})
