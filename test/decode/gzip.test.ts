import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { isGzip, UNPACKED_LIMIT, unpackGzip } from '../../src/decode/gzip.ts'
import { packGzip } from '../../src/decode/pack-gzip.ts'
import { bytes } from '../support/places.ts'

/** That it comes back; byte by byte, which `deepEqual` would take long over. */
function comesBack(t: ExecutionContext, content: Uint8Array): void {
  const unpacked = unpackGzip(packGzip(content))
  t.true(unpacked.ok && Buffer.compare(unpacked.bytes, content) === 0)
}

test('what is packed unpacks to the same bytes', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), content => {
      t.true(isGzip(packGzip(content)))
      comesBack(t, content)
    }),
  )
})

test('text and base64, as long and as mixed as can be, unpack to the same bytes', t => {
  const piece = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc
      .tuple(fc.uint8Array({ minLength: 45, maxLength: 90 }), fc.integer({ min: 1, max: 60 }))
      .map(([line, count]) => `${Buffer.from(line).toString('base64')}\n`.repeat(count)),
    fc.constant('a text that is said again and again\n'.repeat(2000)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
      comesBack(t, Buffer.from(pieces.join('')))
    }),
    { numRuns: 50 },
  )
})

test('base64 takes six bits a character, also between text', t => {
  const random = createHash('shake256', { outputLength: 9000 }).update('x').digest()
  const lines = random.toString('base64').replace(/.{120}/g, '$&\n')
  const text = '  - a line of YAML: that is like others\n'.repeat(40)
  const packed = packGzip(Buffer.from(text + lines + text))
  t.true(packed.length < 9000 * 1.02 + 200, `${packed.length} bytes`)
})

test('packing says neither when, nor by which file name, nor on which system', t => {
  const packed = packGzip(bytes('#cloud-config\n'))
  t.deepEqual([...packed.subarray(3, 10)], [0, 0, 0, 0, 0, 2, 0xff])
  t.deepEqual(packed, packGzip(bytes('#cloud-config\n')))
})

const damaged = test.macro<[how: string, damage: (packed: Buffer) => Uint8Array]>({
  exec(t, _, damage) {
    t.deepEqual(unpackGzip(damage(gzipSync('#cloud-config\n'.repeat(20)))), { ok: false, reason: 'damaged' })
  },
  title: (_, how) => `gzip ${how} is damaged`,
})

test(damaged, 'cut short', packed => packed.subarray(0, -9))
test(damaged, 'with a wrong checksum', packed => packed.fill(0, packed.length - 8, packed.length - 4))
test(damaged, 'of two bytes', packed => packed.subarray(0, 2))
test(damaged, 'with junk behind it', packed => Buffer.concat([packed, Buffer.from('junk')]))
test(damaged, 'that only begins so', () => Uint8Array.from([0x1f, 0x8b, 1, 2, 3]))

test('members one after the other, and zeros behind them, unpack as Python unpacks them', t => {
  const twice = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.alloc(4)])
  const unpacked = unpackGzip(twice)
  t.is(unpacked.ok && Buffer.from(unpacked.bytes).toString(), 'one two')
})

test('only one layer is taken off', t => {
  const unpacked = unpackGzip(gzipSync(gzipSync('x')))
  t.true(unpacked.ok && isGzip(unpacked.bytes))
})

test('a bomb is refused before it fills the memory', t => {
  const bomb = gzipSync(Buffer.alloc(UNPACKED_LIMIT + 1), { level: 1 })
  t.deepEqual(unpackGzip(bomb), { ok: false, reason: 'too-large' })
})

test('base64 fills no stack, in many lines or in one without an end', t => {
  const line = `${'QUJD'.repeat(19)}\n`
  for (const text of [line.repeat(100_000), line.trimEnd().repeat(100_000)]) {
    comesBack(t, Buffer.from(text))
  }
})
