import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** A span of time: as written, which is what the agent is given, and in nanoseconds. */
export interface Duration {
  readonly text: string
  readonly nanoseconds: bigint
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

const MOST = 2n ** 63n - 1n
const LONGEST = 64
const EXAMPLE = 'write a duration such as "10s" or "1m30s"'

/** What people write for a unit, lower-cased, and what to write instead. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ...['sec', 'secs', 'second', 'seconds'].map(text => [text, 's'] as const),
  ...['min', 'mins', 'minute', 'minutes'].map(text => [text, 'm'] as const),
  ...['hr', 'hrs', 'hour', 'hours'].map(text => [text, 'h'] as const),
  ...['msec', 'millis', 'milliseconds'].map(text => [text, 'ms'] as const),
])

const unitHint = (unit: string): string => {
  const lower = unit.trim().toLowerCase()
  if (lower === 'd' || lower === 'day' || lower === 'days') return 'there is no unit for days: write hours, 24h a day'
  const meant = MEANT.get(lower) ?? (UNITS.has(lower) ? lower : undefined)
  return meant === undefined ? 'the units are ns, us, ms, s, m and h' : `write "${meant}" for the unit`
}

/** A positive duration in the form of Go's time.ParseDuration (`10s`, `1m30s`, `1.5h`), without a sign. */
export const duration: (value: string) => Parsed<Duration> = onOneLine(value => {
  const wrong = (why: string, hint: string = EXAMPLE, start?: number, end?: number): Parsed<never> =>
    refuse(complaint(`${quote(value)} is not a duration: ${why}`, hint, start, end))
  if (value.length > LONGEST) return wrong(`it is longer than ${LONGEST} characters`)
  if (/^[+-]/.test(value)) return wrong('it has a sign', 'write a positive duration, without a sign', 0, 1)
  if (value === '') return wrong('it is empty')

  const term = /([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/y
  let nanoseconds = 0n
  while (term.lastIndex < value.length) {
    const start = term.lastIndex
    const [text = '', integer = '', fraction = '', unit = ''] = term.exec(value) ?? []
    const end = start + text.length
    if (integer === '' && fraction === '') return wrong('a number is missing', EXAMPLE, start, end)
    const size = UNITS.get(unit)
    if (unit === '')
      return value === '0' ? wrong('it is zero') : wrong('its unit is missing', `write "${value}s"`, start, end)
    if (size === undefined) return wrong(`unknown unit ${quote(unit)}`, unitHint(unit), end - unit.length, end)
    nanoseconds += (BigInt(integer + fraction) * size) / 10n ** BigInt(fraction.length)
  }
  if (nanoseconds <= 0n) return wrong('it is zero', 'write a positive duration')
  return nanoseconds > MOST ? wrong('it is longer than 292 years') : meaning({ text: value, nanoseconds })
})
