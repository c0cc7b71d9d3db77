import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { isGzip, packGzip, UNPACKED_LIMIT, unpackGzip } from '../../src/decode/gzip.ts'
import { bytes } from '../support/places.ts'

test('what is packed unpacks to the same bytes', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), content => {
      const packed = packGzip(content)
      t.true(isGzip(packed))
      t.deepEqual(unpackGzip(packed), { ok: true, bytes: Buffer.from(content) } as never)
    }),
  )
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
