import { RANGES } from '../../../annotations/generated/ranges.ts'
import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** The inclusive bounds of a whole number, and how a message names them ("the valid port range"). */
export interface NumberRange {
  readonly name: string
  readonly least: number
  readonly most: number
  /** True for ports, which people write by name. */
  readonly ports?: true
}

/** Ports people know by name; a VM has no container ports to look a name up in. */
const KNOWN_PORTS: ReadonlyMap<string, number> = new Map([
  ['ssh', 22],
  ['domain', 53],
  ['dns', 53],
  ['http', 80],
  ['https', 443],
  ['mysql', 3306],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['redis', 6379],
  ['consul', 8500],
])

const named = (text: string): string => {
  const port = KNOWN_PORTS.get(text.toLowerCase())
  return port === undefined ? 'write the number: a VM has no named container ports' : `write ${port}`
}

/** Of what is longer nobody knows what was meant. */
const LONGEST = 64

/** Shapes that are nearly a decimal number, and the advice for each; the first that fits speaks. */
const NEARLY: readonly (readonly [shape: RegExp, advice: (text: string, range: NumberRange) => string])[] = [
  [/^$/, () => 'write a decimal number'],
  [/^\s|\s$/, text => `remove the spaces: write "${text.trim()}"`],
  [/^0x[0-9a-f]{1,12}$|^0o[0-7]{1,15}$|^0b[01]{1,48}$/i, text => `write it in decimal: ${Number(text)}`],
  [
    /^0[0-9]+$/,
    (text, { ports }) =>
      `write ${text.replace(/^0+(?=.)/, '')}${ports ? ': a leading zero means octal to consul-k8s' : ', without the zero before it'}`,
  ],
  [/^[0-9]+(_[0-9]+)+$/, text => `write ${text.replaceAll('_', '')}`],
  [/^\+[0-9]+$/, text => `write ${text.slice(1)}`],
  [/^-[0-9]+$/, () => 'a negative number has no meaning here'],
  [/^[0-9]+\.[0-9]*$/, () => 'write a whole number'],
  [/^[0-9]+\s*(s|secs?|seconds?)$/i, text => `write ${Number.parseInt(text, 10)}: the number stands alone`],
]

const advice = (text: string, range: NumberRange): string => {
  if (text.length > LONGEST) return 'write a decimal number'
  const row = NEARLY.find(([shape]) => shape.test(text))
  if (row !== undefined) return row[1](text, range)
  return range.ports && /^[a-z][a-z0-9-]*$/i.test(text) ? named(text) : 'write a decimal number'
}

/** A whole number in plain decimal (no sign, no leading zero, no `0x`) within `range`. Stricter than Go's ParseInt(v, 0, 32). */
export const decimal = (text: string, range: NumberRange): Parsed<number> => {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) {
    return refuse(complaint(`${quote(text)} is not a valid integer`, advice(text, range)))
  }
  const number = Number(text)
  if (number >= range.least && number <= range.most) return meaning(number)
  const zero = range.ports && number === 0 ? ', or leave it out when there is no port' : ''
  const hint = `write a number from ${range.least} to ${range.most}${zero}`
  return refuse(complaint(`${quote(text)} is not in ${range.name} ${range.least}-${range.most}`, hint))
}

/** The bounds that the model gives a syntax. */
const ranged = (syntax: keyof typeof RANGES, name: string): NumberRange => {
  const [least, most] = RANGES[syntax]
  return { name, least, most }
}

const PORT: NumberRange = { ...ranged('port', 'the valid port range'), ports: true }
const UNPRIVILEGED: NumberRange = { ...ranged('unprivileged-port', 'the unprivileged port range'), ports: true }
const UINT = ranged('uint', 'the range')
const WEIGHT = ranged('weight', 'the weight range')

/** A whole number of 32 bits: seconds, threads, attempts. */
export const uint: (value: string) => Parsed<number> = onOneLine(value => decimal(value, UINT))

/** A port, 1-65535. */
export const port: (value: string) => Parsed<number> = onOneLine(value => decimal(value, PORT))

/** A port that needs no privilege, 1024-65535. */
export const unprivilegedPort: (value: string) => Parsed<number> = onOneLine(value => decimal(value, UNPRIVILEGED))

/** The weight of a passing instance, 1-65535: the agent refuses more, for DNS SRV answers carry it in 16 bits. */
export const weight: (value: string) => Parsed<number> = onOneLine(value => decimal(value, WEIGHT))
