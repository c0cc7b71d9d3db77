import test from 'ava'
import fc from 'fast-check'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { nameOf } from '../../src/annotate/annotation.ts'
import { nearestKey, rowOf, wholeKey } from '../../src/annotate/table.ts'
import { validateAnnotations } from '../support/annotations-schema.ts'

const P = 'consul.hashicorp.com/'

test('every key of the model has its row, and what is beyond a family has the family’s', t => {
  for (const row of ANNOTATIONS) t.is(rowOf(row.prefix ? `${row.key}x${row.suffix ?? ''}` : row.key), row)
  t.is(rowOf(`${P}service-meta-`)?.prefix, true)
})

test('a key that the model does not know has no row', t => {
  for (const key of [`${P}conect-inject`, `${P}service-meta`, P, '', 'connect-inject', `${P}constructor`])
    t.is(rowOf(key), undefined)
})

test('the keys that have a row are those that the schema knows', t => {
  const known = (key: string): boolean =>
    validateAnnotations({ [key]: '' }) ||
    (validateAnnotations.errors ?? []).every(({ keyword }) => keyword !== 'additionalProperties')
  const part = fc.constantFrom(P, 'alpha.', 'service-meta-', 'connect-service', 'a~b/c', 'constructor', 'x', '.', '')
  const keys = fc.oneof(
    fc.constantFrom(...ANNOTATIONS.map(({ key }) => key)),
    fc.constantFrom(...ANNOTATIONS.map(({ key }) => key)).chain(key => fc.nat(key.length).map(at => key.slice(0, at))),
    fc.array(part, { maxLength: 5 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(keys, key => known(key) === (rowOf(key) !== undefined)),
    { numRuns: 3000 },
  )
  t.pass()
})

const near = test.macro<[name: string, nearest: string | undefined]>({
  exec(t, name, nearest) {
    t.is(nearestKey(P + name), nearest)
  },
  title: (_, name, nearest) => (nearest === undefined ? `${name} is near to no key` : `${name} is near to ${nearest}`),
})

for (const [name, nearest] of [
  ['conect-inject', `${P}connect-inject`],
  ['connect-inejct', `${P}connect-inject`],
  ['Connect_Inject', `${P}connect-inject`],
  ['inject', `${P}connect-inject`],
  ['connect-service-upstream', `${P}connect-service-upstreams`],
  ['upstreams', `${P}connect-service-upstreams`],
  ['service-tag', `${P}service-tags`],
  ['exclude-uids', `${P}transparent-proxy-exclude-uids`],
  ['virtual-ip', 'alpha.consul.hashicorp.com/virtual-ip'],
  ['health-chek-http', 'alpha.consul.hashicorp.com/health-check-http'],
  ['service-mata-version', `${P}service-meta-`],
  ['service_meta_version', `${P}service-meta-`],
  ['service-meta', `${P}service-meta-`],
  ['tproxy', undefined],
  ['', undefined],
  ['a', undefined],
  ['xyz', undefined],
  ['zzzzzzzzzzzz', undefined],
] as const) {
  test(near, name, nearest)
}

test('no two keys have the same name, so that one alone finds its key', t => {
  const names = ANNOTATIONS.map(({ key }) => nameOf(key))
  t.is(new Set(names).size, names.length)
  for (const { key } of ANNOTATIONS) t.is(wholeKey(nameOf(key)), key)
})

test('a key that would be refused is never suggested', t => {
  const rejected = new Set(ANNOTATIONS.filter(({ verdict }) => verdict === 'reject').map(({ key }) => key))
  t.true(rejected.size > 0)
  for (const key of rejected) t.false(rejected.has(nearestKey(`${key}x`) ?? ''), key)
})

test('one wrong letter in a long key does not hide it', t => {
  const keys = ANNOTATIONS.filter(({ prefix, verdict, key }) => !prefix && verdict !== 'reject' && key.length > 40).map(
    ({ key }) => key,
  )
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.nat(), (key, at) => {
      const start = key.indexOf('/') + 1
      const place = start + (at % (key.length - start))
      const nearest = nearestKey(`${key.slice(0, place)}#${key.slice(place + 1)}`)
      t.true(
        nearest !== undefined && nearest.length === key.length && nearest.slice(0, place) === key.slice(0, place),
        nearest,
      )
    }),
  )
})
