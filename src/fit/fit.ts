import { ONE_LINE } from '../decode/base64.ts'
import { type UserData, type Wrapping, wrap } from '../decode/user-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { grouped } from '../report/grouped.ts'
import { COUNTED, type Platform, type PlatformName, platformOf } from './platforms.ts'

/** Whether to compress what is written: never, when only that makes it fit, or always. */
export type Compress = 'never' | 'auto' | 'always'

/** How large the user-data is, as the platform counts it. */
export interface Measurement {
  readonly counted: number
  /** What was counted. */
  readonly counts: Platform['counts']
  readonly platform?: Platform
  /** Whether the tool compressed it. */
  readonly compressed: boolean
}

export interface Fitted {
  readonly output: Uint8Array
  readonly size: Measurement
  readonly diagnostics: readonly Diagnostic[]
}

const GZIP: Wrapping = { kind: 'gzip' }
const BASE64: Wrapping = { kind: 'base64', layout: ONE_LINE }
const has = (wrappings: readonly Wrapping[], kind: Wrapping['kind']): boolean => wrappings.some(it => it.kind === kind)

/** Bytes as the platform counts them. */
function countOf(bare: Uint8Array, wrappings: readonly Wrapping[], counts: Platform['counts']): number {
  if (counts === 'text') return wrap(bare, wrappings).length
  const decoded = wrap(
    bare,
    wrappings.filter(({ kind }) => kind !== 'base64'),
  ).length
  return counts === 'bytes' ? decoded : Math.ceil(decoded / 3) * 4
}

/** The wrappings with gzip, and with base64 around it where the platform takes text only. */
function packed(wrappings: readonly Wrapping[], { gzip }: Pick<Platform, 'gzip'>): readonly Wrapping[] {
  if (has(wrappings, 'gzip')) return wrappings
  const around = gzip === 'base64' && !has(wrappings, 'base64') ? [BASE64] : wrappings
  return [...around, GZIP]
}

/** What gets through in no form, whatever its size. */
function unfit(
  { title, gzip, mime }: Platform,
  wrappings: readonly Wrapping[],
  isMime: boolean,
): readonly Diagnostic[] {
  const refusals: Diagnostic[] = []
  const refuse = (code: 'E403' | 'E407', what: string, hint: string): void => {
    refusals.push(diagnostic(code, `${what} does not get through ${title}`, { hint }))
  }
  const [gzipped, inBase64] = [has(wrappings, 'gzip'), has(wrappings, 'base64')]
  if (isMime && !mime) refuse('E403', 'MIME', 'use --layout cloud-config')
  if (gzipped && gzip === 'no') refuse('E407', 'gzip', 'give the document uncompressed, and leave out --compress')
  if (gzipped && gzip === 'base64' && !inBase64) refuse('E407', 'gzip', 'give it in base64')
  return refusals
}

function tooLarge(size: Measurement, compressible: number | undefined, full: boolean): readonly Diagnostic[] {
  const { platform, counted, counts } = size
  if (platform?.limit === undefined || counted <= platform.limit) return []
  const fits = compressible !== undefined && compressible <= platform.limit
  const remedies: string[] = []
  if (compressible !== undefined) {
    remedies.push(`--compress auto makes it ${grouped(compressible)}${fits ? '' : ', which is still too many'}`)
  }
  if (full && !fits)
    remedies.push('bake the guest files into the image (consul-vm-inject guest) and use --profile prebuilt')
  if (platform.beyond !== undefined) remedies.push(platform.beyond)
  const message =
    `the user-data has ${grouped(counted)} ${COUNTED[counts]}, ${grouped(counted - platform.limit)} more than ` +
    `${platform.title} takes (${grouped(platform.limit)})`
  return [diagnostic('E501', message, { hint: remedies.join('; or ') || 'make the document shorter' })]
}

/** Woven user-data -> what is handed to the platform: in the wrappings of the input, compressed when asked, measured against its limit. */
export function fitTo(
  bare: Uint8Array,
  { wrappings }: Pick<UserData, 'wrappings'>,
  options: {
    readonly platform?: PlatformName
    readonly compress: Compress
    readonly isMime: boolean
    readonly full: boolean
  },
): Fitted {
  const platform = options.platform === undefined ? undefined : platformOf(options.platform)
  const counts = platform?.counts ?? 'bytes'
  const rules = platform ?? { gzip: 'bytes' as const }
  const plain = countOf(bare, wrappings, counts)
  const over = platform?.limit !== undefined && plain > platform.limit && rules.gzip !== 'no'
  const pack = options.compress === 'always' || (options.compress === 'auto' && over)
  const wrapped = pack ? packed(wrappings, rules) : wrappings
  const compressed = wrapped.length > wrappings.length
  const size: Measurement = {
    counted: compressed ? countOf(bare, wrapped, counts) : plain,
    counts,
    ...(platform !== undefined && { platform }),
    compressed,
  }
  const smaller = !has(wrapped, 'gzip') && over ? countOf(bare, packed(wrapped, rules), counts) : undefined
  const diagnostics: Diagnostic[] = []
  if (platform !== undefined) diagnostics.push(...unfit(platform, wrapped, options.isMime))
  diagnostics.push(...tooLarge(size, smaller, options.full))
  if (compressed && has(wrapped, 'base64') && !has(wrappings, 'base64') && platform?.base64 !== undefined) {
    const hint = platform.base64
    diagnostics.push(diagnostic('N105', 'the user-data is compressed and written in base64', { hint }))
  }
  return { output: wrap(bare, wrapped), size, diagnostics }
}
