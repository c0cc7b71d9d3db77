import test from 'ava'
import fc from 'fast-check'
import { cpuQuantity, memoryQuantity, quantity } from '../../../src/annotate/grammar/quantity.ts'
import { meaningOf, table } from './table.ts'

const NANO = 1_000_000_000n

table('a processor quantity', cpuQuantity, {
  means: [
    ['100m', NANO / 10n],
    ['0.5', NANO / 2n],
    ['.5', NANO / 2n],
    ['2', 2n * NANO],
    ['2.', 2n * NANO],
    ['+2', 2n * NANO],
    ['002', 2n * NANO],
    ['1e3', 1000n * NANO],
    ['1E3', 1000n * NANO],
    ['1e+3', 1000n * NANO],
    ['15e-1', (15n * NANO) / 10n],
    ['1k', 10n ** 3n * NANO],
    ['1M', 10n ** 6n * NANO],
    ['1G', 10n ** 9n * NANO],
    ['1T', 10n ** 12n * NANO],
    ['1P', 10n ** 15n * NANO],
    ['1E', 10n ** 18n * NANO],
    ['9223372036854775807', (2n ** 63n - 1n) * NANO],
    [`0.${'1'.repeat(62)}`, 111_111_112n],
    ['250u', 250_000n],
    ['1n', 1n],
    ['0.1n', 1n],
    ['1e-999999999999', 1n],
    ['0', 0n],
    ['0e999999999999', 0n],
  ],
  refuses: [
    ['invalid', '"invalid" is not a quantity: it does not begin with a number', 'write a quantity such as'],
    ['', 'it does not begin with a number'],
    ['.', 'it does not begin with a number'],
    ['m', 'it does not begin with a number'],
    ['1.2.3', 'unknown suffix ".3"', undefined, '.3'],
    ['50%', 'unknown suffix "%"', '"500m"', '%'],
    ['2 cores', 'unknown suffix " cores"', undefined, ' cores'],
    ['1e', 'unknown suffix "e"'],
    ['1e1.5', 'unknown suffix "e1.5"'],
    ['1_000', 'unknown suffix "_000"'],
    ['0x10', 'unknown suffix "x10"'],
    ['-1', '"-1" is negative', 'positive', '-'],
    ['1e30', 'above 2^63-1'],
    ['10E', 'above 2^63-1'],
    ['1e999999999999', 'above 2^63-1'],
    ['8Ei', 'above 2^63-1'],
    ['9223372036854775808', 'above 2^63-1'],
    ['9223372036854775807.000000001', 'above 2^63-1'],
    ['1'.repeat(65), 'longer than 64 characters'],
    ['1\n', 'a line break'],
  ],
})

table('a memory quantity', memoryQuantity, {
  means: [
    ['64Mi', 64n * 2n ** 20n],
    ['64M', 64_000_000n],
    ['1Gi', 2n ** 30n],
    ['1.5Gi', 3n * 2n ** 29n],
    ['0.1Gi', 107374183n],
    ['1e9', 10n ** 9n],
    ['1Mi', 2n ** 20n],
    ['7Ei', 7n * 2n ** 60n],
    ['0', 0n],
  ],
  warns: [
    ['128m', '"128m" is 1 byte of memory: the suffix "m" means thousandths', '"Mi"'],
    ['128', '"128" is 128 bytes of memory', '"Mi"'],
    ['2k', '"2k" is 2000 bytes'],
    ['1048575', '"1048575" is 1048575 bytes'],
  ],
  refuses: [
    ['512MB', 'unknown suffix "MB"', 'write "512Mi" (powers of 1024) or "512M" (powers of 1000)', 'MB'],
    ['1g', 'unknown suffix "g"', 'write "1Gi" (powers of 1024) or "1G"', 'g'],
    ['64K', 'unknown suffix "K"', 'or "64k" (powers of 1000)', 'K'],
    ['64ki', 'unknown suffix "ki"', 'write "64Ki"', 'ki'],
    ['2 GiB', 'unknown suffix " GiB"', 'write "2Gi"', ' GiB'],
    ['-64Mi', 'is negative'],
  ],
})

test('a decimal number with a suffix is exact, rounded up to a billionth', t => {
  const suffix = fc.constantFrom(
    ...([
      ['n', -9],
      ['u', -6],
      ['m', -3],
      ['', 0],
      ['k', 3],
      ['M', 6],
      ['G', 9],
      ['e2', 2],
      ['E-7', -7],
    ] as const),
  )
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.nat(12), suffix, (digits, places, [text, ten]) => {
      const padded = digits.toString().padStart(places + 1, '0')
      const at = padded.length - places
      const value = `${padded.slice(0, at)}.${padded.slice(at)}${text}`
      const power = ten + 9 - places
      const numerator = digits * 10n ** BigInt(Math.max(power, 0))
      const divisor = 10n ** BigInt(Math.max(-power, 0))
      const expected = numerator / divisor + (numerator % divisor > 0n ? 1n : 0n)
      return meaningOf(quantity(value)) === expected
    }),
  )
  t.pass()
})

test('whole bytes with a binary suffix are that many powers of 1024', t => {
  const suffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi']
  fc.assert(
    fc.property(fc.bigInt({ min: 1024n, max: 8191n }), fc.nat(suffixes.length - 1), (count, index) => {
      return meaningOf(memoryQuantity(`${count}${suffixes[index]}`)) === count * 1024n ** BigInt(index + 1)
    }),
  )
  t.pass()
})
