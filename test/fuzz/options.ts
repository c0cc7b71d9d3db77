import fc from 'fast-check'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { type InjectOptions, PLATFORMS } from '../../src/index.ts'

const JOIN = ['connect-inject=true', 'connect-service=web']
const NAMED = new Set(['connect-inject', 'connect-inject-status', 'connect-service'])

/** An annotation of the model with its example. */
const example = fc
  .constantFrom(...ANNOTATIONS.filter(({ verdict }) => verdict === 'applies' || verdict === 'maps'))
  .map(({ key, prefix, example }) => `${prefix ? `${key}team` : key}=${example}`)
  .filter(flag => !NAMED.has(flag.replace(/^[^/]*\/|=.*$/gs, '')))

const annotations = fc
  .oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(example, { maxLength: 2 }))
  .map(more => [...JOIN, ...more])

/** What is left out, most of the time. */
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, value)

const profile = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ profile: 'prebuilt' } as const) },
  { weight: 6, arbitrary: fc.constant({ profile: 'fetch', guestUrl: 'https://guests.example/bundles/' } as const) },
  { weight: 1, arbitrary: fc.constant({ profile: 'full' } as const) },
)

const rest = fc.record({
  annotations,
  layout: fc.constantFrom('multipart', 'multipart', 'cloud-config'),
  platform: seldom(fc.constantFrom(...PLATFORMS.map(({ name }) => name))),
  compress: seldom(fc.constantFrom('auto', 'always')),
  allowUnknown: seldom(fc.constant(true)),
  defaultInject: seldom(fc.constant(true)),
  strict: seldom(fc.constant(true)),
})

/** How a document is injected: every layout and profile, with annotations, platforms and switches. */
export const injectOptions: fc.Arbitrary<InjectOptions> = fc
  .tuple(profile, rest)
  .map(([profile, options]) =>
    Object.fromEntries(Object.entries({ ...profile, ...options }).filter(([, value]) => value !== undefined)),
  )
