import test from 'ava'
import type { Annotation, Origin } from '../../src/annotate/annotation.ts'
import type { GrammarSettings } from '../../src/annotate/grammar/settings.ts'
import { merge } from '../../src/annotate/merge.ts'
import { validate } from '../../src/annotate/validate.ts'
import { spanOf } from '../../src/report/source.ts'
import { placeOf, pointedAt, sourceOf } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const A = 'alpha.consul.hashicorp.com/'
const SETTINGS: GrammarSettings = { enterprise: false, namespaces: false, partitions: false }

const one = (key: string, value: string, origin: Origin = 'document', written = value): Annotation => {
  const source = sourceOf(`${key}: ${written}`)
  const start = key.length + 2
  return {
    key,
    value,
    origin,
    keySpan: spanOf(source, 0, key.length),
    span: spanOf(source, start, start + Math.max(written.length, 1)),
  }
}

/** What counts of annotations, after `merge` dropped those that are empty. */
function judge(found: readonly Annotation[], allowUnknown = false): ReturnType<typeof validate> {
  const merged = merge(found)
  const { annotations, diagnostics } = validate(merged.annotations, SETTINGS, allowUnknown)
  return { annotations, diagnostics: [...diagnostics, ...merged.diagnostics] }
}

const left = ({ annotations }: ReturnType<typeof validate>): Readonly<Record<string, string>> =>
  Object.fromEntries([...annotations].map(([key, { value }]) => [key.replace(P, ''), value]))

const said = ({ diagnostics }: ReturnType<typeof validate>): readonly string[] =>
  diagnostics.map(({ code, message, hint }) => `${code} ${message.replaceAll(P, '')}; ${hint?.replaceAll(P, '')}`)

const takes = test.macro<[name: string, value: string]>({
  exec(t, name, value) {
    const result = judge([one(P + name, value)])
    t.deepEqual([said(result), left(result)], [[], { [name]: value }])
  },
  title: (_, name, value) => `${name} takes ${JSON.stringify(value)}`,
})

test(takes, 'connect-inject', 'true')
test(takes, 'connect-service', 'web')
test(takes, 'connect-service-port', '8080')
test(takes, 'service-meta-version', '1')
test(takes, 'service-meta-empty', '')
test(takes, 'service-meta-id', 'b1946ac9-2c4b-4b5e-8c1e-1f2a3b4c5d6e')
test(takes, 'envoy-extra-args', '')
test(takes, 'connect-inject-status', 'injected')

const complains = test.macro<[key: string, value: string, complaint: RegExp, kept?: boolean]>({
  exec(t, key, value, complaint, kept = false) {
    const result = judge([one(key, value)])
    t.is(result.diagnostics.length, 1, said(result).join('\n'))
    t.regex(said(result).join(), complaint)
    t.is(result.annotations.has(key), kept)
  },
  title: (_, key, value, complaint) => `${key}: ${JSON.stringify(value)} is answered ${complaint}`,
})

test(
  complains,
  `${P}conect-inject`,
  'true',
  /^E201 conect-inject is not a known annotation; did you mean connect-inject\?$/,
)
test(complains, `${P}zzzz`, 'true', /^E201 zzzz is not a known annotation; run `consul-vm-inject explain`/)
test(complains, `${P}virtual-ip`, '10.0.0.1', /^E201 .*did you mean alpha.virtual-ip/)
test(complains, `${P}constructor`, 'x', /^E201 /)
test(complains, `${P}acl-token`, 'x', /^E205 acl-token looks like a secret.*acl-token-file$/)
test(complains, `${A}gossip-encryption-key`, 'x', /^E205 /)
test(complains, `${P}Password`, 'x', /^E205 /)
test(complains, `${A}acl-token-file`, 'B1946AC9-2c4b-4b5e-8c1e-1f2a3b4c5d6e', /^E205 .*holds a secret itself/, true)
test(complains, `${A}client-key-file`, '-----BEGIN EC PRIVATE KEY-----', /^E205 .*holds a secret itself/, true)
test(complains, `${P}mesh-inject`, 'true', /^E302 mesh-inject cannot be set for a VM; \S/)
test(complains, `${P}kubernetes-service`, 'x', /^W301 kubernetes-service means nothing on a VM; \S/)
test(
  complains,
  `${P}service-meta-`,
  'x',
  /^W205 service-meta- names nothing and is ignored; name one: service-meta-version/,
)
test(complains, `${P}connect-service`, '\ufeff', /^E301 /, true)
test(complains, `${P}connect-inject`, 'maybe', /^E301 connect-inject: "maybe" is not a boolean/, true)
test(complains, `${P}connect-service-port`, '99999', /^E301 connect-service-port: /, true)

test('an unknown key can be allowed: a warning, and it is left out', t => {
  const result = judge([one(`${P}conect-inject`, 'true'), one(`${P}connect-service`, 'web')], true)
  t.regex(
    said(result).join(),
    /^W201 conect-inject is not a known annotation and is left out; did you mean connect-inject\?$/,
  )
  t.deepEqual(left(result), { 'connect-service': 'web' })
})

test('a secret is refused even so', t => {
  t.regex(said(judge([one(`${P}gossip-key`, 'x')], true)).join(), /^E205 /)
})

test('a complaint about a key points at the key, one about a value at the value', t => {
  const places = (annotation: Annotation): readonly string[] =>
    judge([annotation]).diagnostics.map(({ span }) => pointedAt(span))
  t.deepEqual(places(one(`${P}conect-inject`, 'true')), [`${P}conect-inject`])
  t.deepEqual(places(one(`${P}mesh-inject`, 'true')), [`${P}mesh-inject`])
  t.deepEqual(places(one(`${P}connect-service`, '')), [`${P}connect-service`])
  t.deepEqual(places(one(`${P}connect-service-tags`, 'a')), [`${P}connect-service-tags`])
  t.deepEqual(places(one(`${P}connect-inject`, 'maybe')), ['maybe'])
})

const points = test.macro<[written: string, value: string, place: string]>({
  exec(t, written, value, place) {
    const { diagnostics } = judge([one(`${P}connect-service-upstreams`, value, 'document', written)])
    t.is(pointedAt(diagnostics.find(({ severity }) => severity === 'error')?.span), place)
  },
  title: (_, written, __, place) => `in ${JSON.stringify(written)} the fault is ${JSON.stringify(place)}`,
})

test(points, 'api:1234,db:99999', 'api:1234,db:99999', '99999')
test(points, '"api:1234,db:99999"', 'api:1234,db:99999', '99999')
test(points, 'api:1234,db:99999 # note', 'api:1234,db:99999', '99999')
test(points, '"api:1234,\\x64b:99999"', 'api:1234,db:99999', '"api:1234,\\x64b:99999"')
test(points, '[api:1234, db:99999]', 'api:1234,db:99999', '[api:1234, db:99999]')

test('several faults in one value are all told', t => {
  const { diagnostics } = judge([one(`${P}connect-service-port`, '99999,x')])
  t.deepEqual(diagnostics.map(({ code, span }) => `${code} ${placeOf(span)} ${pointedAt(span)}`).sort(), [
    'E301 1:44 99999',
    'E301 1:50 x',
  ])
})

test('an annotation without a place is complained of without one', t => {
  const { diagnostics } = judge([{ key: `${P}connect-inject`, value: 'maybe', origin: 'default' }])
  t.deepEqual(
    diagnostics.map(({ code, span }) => [code, span]),
    [['E301', undefined]],
  )
})

const TAGS = `${P}service-tags`
const OLD_TAGS = `${P}connect-service-tags`
const DRAIN = `${P}enable-sidecar-proxy-lifecycle-shutdown-drain-listeners`
const OLD_DRAIN = `${P}enable-sidecar-proxy-shutdown-drain-listeners`

const aliases = test.macro<
  [what: string, given: readonly Annotation[], kept: Readonly<Record<string, string>>, codes: string]
>({
  exec(t, _, given, kept, codes) {
    for (const found of [given, given.toReversed()]) {
      const { annotations, diagnostics } = judge(found)
      t.deepEqual(Object.fromEntries([...annotations].map(([key, { value }]) => [key, value])), kept)
      t.is(
        diagnostics
          .map(({ code }) => code)
          .sort()
          .join(),
        codes,
      )
      for (const [key, annotation] of annotations) t.is(annotation.key, key)
    }
  },
  title: (_, what) => what,
})

test(aliases, 'an old spelling is renamed', [one(OLD_DRAIN, 'false')], { [DRAIN]: 'false' }, 'W302')
test(aliases, 'an old spelling whose value is too long is out', [one(OLD_DRAIN, 'x'.repeat(20_000))], {}, 'E306,W302')
test(
  aliases,
  'tags of both spellings are one list',
  [one(TAGS, 'a,b'), one(OLD_TAGS, 'c')],
  { [TAGS]: 'a,b,c' },
  'W302',
)
test(
  aliases,
  'a backslash that ends the tags of one spelling escapes no comma between both',
  [one(TAGS, 'a\\'), one(OLD_TAGS, 'c')],
  { [TAGS]: 'a\\ ,c' },
  'W302',
)
test(
  aliases,
  'the same tags in both spellings are there once',
  [one(TAGS, 'a'), one(OLD_TAGS, 'a')],
  { [TAGS]: 'a' },
  'W302',
)
test(
  aliases,
  'an empty new spelling does not hide the old one',
  [one(TAGS, ''), one(OLD_TAGS, 'c')],
  { [TAGS]: 'c' },
  'W202,W302',
)
test(aliases, 'an empty old spelling adds nothing', [one(TAGS, 'a'), one(OLD_TAGS, '')], { [TAGS]: 'a' }, 'W202')
test(
  aliases,
  'the old spelling in the document beats the new one in the defaults',
  [one(DRAIN, 'true', 'default'), one(OLD_DRAIN, 'false')],
  { [DRAIN]: 'false' },
  'W302',
)
test(
  aliases,
  'the new spelling in a flag beats the old one in the document',
  [one(DRAIN, 'true', 'flag'), one(OLD_DRAIN, 'false')],
  { [DRAIN]: 'true' },
  'W302',
)
test(
  aliases,
  'two spellings with one value agree',
  [one(DRAIN, 'true'), one(OLD_DRAIN, 'true')],
  { [DRAIN]: 'true' },
  'W302',
)
test(
  aliases,
  'two spellings with two values contradict each other',
  [one(DRAIN, 'true'), one(OLD_DRAIN, 'false')],
  { [DRAIN]: 'true' },
  'E202,W302',
)

test('all complaints come at once', t => {
  const result = judge([
    one(`${P}connect-inject`, 'maybe'),
    one(`${P}conect-service`, 'web'),
    one(`${P}connect-service-port`, '99999'),
    one(`${P}mesh-inject`, 'true'),
    one(`${P}kubernetes-service`, 'x'),
    one(`${P}connect-service`, ''),
  ])
  t.deepEqual(
    result.diagnostics.map(({ code }) => code),
    ['E301', 'E201', 'E301', 'E302', 'W301', 'W202'],
  )
})
