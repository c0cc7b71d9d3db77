import test from 'ava'
import fc from 'fast-check'
import { duration } from '../../../src/annotate/grammar/duration.ts'
import { meaningOf, table } from './table.ts'

const SECOND = 1_000_000_000n

table('a duration', duration, {
  means: [
    ['10s', { text: '10s', nanoseconds: 10n * SECOND }],
    ['1m30s', { text: '1m30s', nanoseconds: 90n * SECOND }],
    ['1.5h', { text: '1.5h', nanoseconds: 5400n * SECOND }],
    ['.5s', { text: '.5s', nanoseconds: SECOND / 2n }],
    ['1.s', { text: '1.s', nanoseconds: SECOND }],
    ['250ms', { text: '250ms', nanoseconds: SECOND / 4n }],
    ['3\u00b5s', { text: '3\u00b5s', nanoseconds: 3000n }],
    ['3\u03bcs', { text: '3\u03bcs', nanoseconds: 3000n }],
    ['2562047h47m16.854775807s', { text: '2562047h47m16.854775807s', nanoseconds: 2n ** 63n - 1n }],
    ['7us1ns', { text: '7us1ns', nanoseconds: 7001n }],
  ],
  refuses: [
    ['', 'it is empty', '"10s"'],
    ['10', 'its unit is missing', 'write "10s"'],
    ['1m30', 'its unit is missing'],
    ['0', 'it is zero'],
    ['0s', 'it is zero', 'positive'],
    ['0.1ns', 'it is zero'],
    ['-5s', 'it has a sign', 'positive', '-'],
    ['+5s', 'it has a sign', undefined, '+'],
    ['1d', 'unknown unit "d"', '24h', 'd'],
    ['2 days', 'unknown unit " days"', '24h'],
    ['10sec', 'unknown unit "sec"', 'write "s"', 'sec'],
    ['2 m', 'unknown unit " m"', 'write "m"', ' m'],
    ['5M', 'unknown unit "M"', 'write "m"', 'M'],
    ['5x', 'unknown unit "x"', 'ns, us, ms, s, m and h', 'x'],
    ['s', 'a number is missing', undefined, 's'],
    ['1s.', 'a number is missing', undefined, '.'],
    ['2562047h47m16.854775808s', 'longer than 292 years'],
    ['10000000h', 'longer than 292 years'],
    [`${'9'.repeat(64)}h`, 'longer than 64 characters'],
    ['1s\u2028', 'a line separator (U+2028)', undefined, '\u2028'],
  ],
})

const SIZES = {
  h: 3600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: SECOND / 1000n,
  us: SECOND / 1_000_000n,
  ns: 1n,
} as const

test('a duration is the sum of its terms', t => {
  const term = fc.tuple(
    fc.integer({ min: 1, max: 999 }),
    fc.constantFrom(...(Object.keys(SIZES) as (keyof typeof SIZES)[])),
  )
  fc.assert(
    fc.property(fc.array(term, { minLength: 1, maxLength: 8 }), terms => {
      const sum = terms.reduce((total, [count, unit]) => total + BigInt(count) * SIZES[unit], 0n)
      return meaningOf(duration(terms.map(([count, unit]) => `${count}${unit}`).join(''))).nanoseconds === sum
    }),
  )
  t.pass()
})
