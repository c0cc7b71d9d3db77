import { onOneLine } from './one-line.ts'
import { complaint, type Issue, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** Powers of ten of the decimal suffixes of Kubernetes' resource.ParseQuantity. */
const DECIMAL: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])

/** Powers of two of its binary suffixes. */
const BINARY: ReadonlyMap<string, number> = new Map(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, index) => [suffix, 10 * (index + 1)]),
)

const NANO = 1_000_000_000n
const MOST = (2n ** 63n - 1n) * NANO
const LONGEST = 64
/** Beyond this power of ten a number of at most 64 digits is out of range, whatever the digits. */
const FAR = 200

const EXAMPLE = 'write a quantity such as "500m", "2", "64Mi" or "1Gi"'

const suffixHint = (number: string, suffix: string): string => {
  if (suffix === '%') return `for a share of one core write a decimal number: 50% is "0.5" or "500m"`
  const [, letter = ''] = /^\s*([kmgtpe])(i?b?|ib)$/i.exec(suffix) ?? []
  if (letter === '') return EXAMPLE
  const upper = letter.toUpperCase()
  return `write "${number}${upper}i" (powers of 1024) or "${number}${upper === 'K' ? 'k' : upper}" (powers of 1000)`
}

/** A quotient, rounded up. */
export const ceiling = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor

/** Powers of two and ten that a suffix stands for; nothing when it is none. */
const scale = (suffix: string): { readonly two: number; readonly ten: number } | undefined => {
  const two = BINARY.get(suffix)
  if (two !== undefined) return { two, ten: 0 }
  const [, exponent] = /^[eE]([+-]?[0-9]+)$/.exec(suffix) ?? []
  const ten = exponent === undefined ? DECIMAL.get(suffix) : Number(exponent)
  return ten === undefined ? undefined : { two: 0, ten }
}

/**
 * A Kubernetes quantity (`100m`, `0.5`, `1e3`, `64Mi`) in billionths, exact; what is finer than a billionth is rounded up, as
 * Kubernetes does. Refused: negative, above 2^63-1 (which Kubernetes would cap), not of the grammar.
 */
export const quantity: (value: string) => Parsed<bigint> = onOneLine(value => {
  const wrong = (why: string, hint: string = EXAMPLE, start?: number, end?: number): Parsed<never> =>
    refuse(complaint(`${quote(value)} is not a quantity${why}`, hint, start, end))
  if (value.length > LONGEST) return wrong(`: it is longer than ${LONGEST} characters`)
  const [, sign = '', number = '', suffix = ''] = /^([+-]?)([0-9]*(?:\.[0-9]*)?)(.*)$/.exec(value) ?? []
  const [integer = '', fraction = ''] = number.split('.')
  if (integer === '' && fraction === '') return wrong(': it does not begin with a number')
  const power = scale(suffix)
  if (power === undefined) {
    const from = value.length - suffix.length
    return wrong(`: unknown suffix ${quote(suffix)}`, suffixHint(sign + number, suffix), from, value.length)
  }
  if (sign === '-') return refuse(complaint(`${quote(value)} is negative`, 'write a positive quantity', 0, 1))

  const digits = BigInt(integer + fraction)
  if (digits === 0n || power.ten < -FAR) return meaning(digits === 0n ? 0n : 1n)
  const ten = Math.min(power.ten, FAR) + 9 - fraction.length
  const scaled = digits * 2n ** BigInt(power.two)
  const nano = ten >= 0 ? scaled * 10n ** BigInt(ten) : ceiling(scaled, 10n ** BigInt(-ten))
  return nano > MOST ? wrong(': it is above 2^63-1', 'write a smaller quantity') : meaning(nano)
})

/** A processor quantity, in billionths of a core: `500m` is 500000000n. */
export const cpuQuantity: (value: string) => Parsed<bigint> = quantity

const LEAST_SENSIBLE = 1n << 20n

const small = (value: string, bytes: bigint): readonly Issue[] => {
  if (bytes === 0n || bytes >= LEAST_SENSIBLE) return []
  const size = `${bytes} ${bytes === 1n ? 'byte' : 'bytes'}`
  const milli = value.endsWith('m') ? ': the suffix "m" means thousandths' : ''
  return [complaint(`${quote(value)} is ${size} of memory${milli}`, 'for mebibytes write the suffix "Mi"')]
}

/** A memory quantity in whole bytes, rounded up: `64Mi` is 67108864n, `64M` is 64000000n. Warns below one mebibyte. */
export const memoryQuantity: (value: string) => Parsed<bigint> = value => {
  const parsed = quantity(value)
  if (!parsed.ok) return parsed
  const bytes = ceiling(parsed.value, NANO)
  return meaning(bytes, small(value, bytes))
}
