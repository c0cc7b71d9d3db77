import test from 'ava'
import fc from 'fast-check'
import type { Annotation, Origin } from '../../src/annotate/annotation.ts'
import { merge } from '../../src/annotate/merge.ts'
import { spanOf } from '../../src/report/source.ts'
import { placeOf, sourceOf } from '../support/places.ts'

const source = sourceOf('one\ntwo\nthree\n')

const one = (
  value: string,
  origin: Origin,
  key = 'consul.hashicorp.com/connect-service',
  start?: number,
): Annotation => ({
  key,
  value,
  origin,
  ...(start !== undefined && { span: spanOf(source, start, start + 1) }),
})

const layer = test.macro<[winner: Origin, ...losers: Origin[]]>({
  exec(t, winner, ...losers) {
    for (const found of [
      [winner, ...losers],
      [...losers, winner],
    ]) {
      const { annotations, diagnostics } = merge(found.map(origin => one(origin, origin)))
      t.deepEqual(
        [...annotations.values()].map(({ value }) => value),
        [winner],
      )
      t.deepEqual(diagnostics, [])
    }
  },
  title: (_, winner, ...losers) => `${winner} beats ${losers.join(', ')}, in whatever order they come`,
})

test(layer, 'flag', 'metadata', 'document', 'default')
test(layer, 'metadata', 'document', 'default')
test(layer, 'document', 'default')

test('different keys do not meet', t => {
  t.is(merge([one('a', 'flag', 'a'), one('b', 'document', 'b')]).annotations.size, 2)
})

test('the same value twice is no contradiction', t => {
  t.deepEqual(merge([one('web', 'document'), one('web', 'document')]).diagnostics, [])
})

test('two values within a layer contradict each other, and both places are shown', t => {
  const { diagnostics, annotations } = merge([
    one('web', 'document', 'k', 0),
    one('api', 'document', 'k', 4),
    one('x', 'flag', 'other'),
  ])
  t.deepEqual(
    diagnostics.map(({ code, message, span, related }) => [code, message, placeOf(span), placeOf(related?.span)]),
    [['E202', 'k is given twice in the document, with different values', '2:1', '1:1']],
  )
  t.is(annotations.get('k')?.value, 'web')
})

test('a contradiction in a layer that is outranked is not spoken of', t => {
  const { diagnostics, annotations } = merge([one('a', 'document'), one('b', 'document'), one('c', 'flag')])
  t.deepEqual(diagnostics, [])
  t.is([...annotations.values()][0]?.value, 'c')
})

test('each further value is said once', t => {
  t.is(merge([one('a', 'flag'), one('b', 'flag'), one('c', 'flag'), one('a', 'flag')]).diagnostics.length, 2)
})

test('whatever is found, each key has at most one annotation, of the highest layer that has it', t => {
  const origins: readonly Origin[] = ['flag', 'metadata', 'document', 'default']
  const arbitrary = fc.array(
    fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), fc.constantFrom(...origins)),
  )
  fc.assert(
    fc.property(arbitrary, rows => {
      const { annotations } = merge(rows.map(([key, value, origin]) => one(value, origin, key)))
      for (const key of ['a', 'b']) {
        const highest = origins.find(origin => rows.some(row => row[0] === key && row[2] === origin))
        t.is(annotations.get(key)?.origin, highest)
      }
    }),
  )
})

const KEY = 'consul.hashicorp.com/'
const MODE = `${KEY}transparent-proxy`

for (const value of ['', ' \t', '\u0085\u3000']) {
  test(`${JSON.stringify(value)} counts as not given: it is warned of, and hides nothing of a lower layer`, t => {
    for (const [origin, other] of [
      ['flag', 'metadata'],
      ['metadata', 'document'],
      ['document', 'default'],
    ] as const) {
      const { annotations, diagnostics } = merge([one(value, origin, MODE, 0), one('false', other, MODE, 4)])
      t.is(annotations.get(MODE)?.value, 'false')
      t.is(annotations.get(MODE)?.origin, other)
      t.deepEqual(
        diagnostics.map(({ code, message, span }) => [code, message, placeOf(span)]),
        [['W202', 'consul.hashicorp.com/transparent-proxy is empty and counts as not given', '1:1']],
      )
    }
  })
}

test('an empty value beside another of its layer contradicts nothing, wherever it stands', t => {
  for (const values of [
    ['', 'false'],
    ['false', ''],
  ]) {
    const { annotations, diagnostics } = merge(values.map(value => one(value, 'document', MODE)))
    t.is(annotations.get(MODE)?.value, 'false')
    t.deepEqual(
      diagnostics.map(({ code }) => code),
      ['W202'],
    )
  }
})

test('empty words for Envoy clear the default, and an empty meta value is one', t => {
  for (const key of [`${KEY}envoy-extra-args`, `${KEY}service-meta-team`]) {
    const { annotations, diagnostics } = merge([one('', 'document', key), one('x', 'default', key)])
    t.is(annotations.get(key)?.value, '')
    t.deepEqual(diagnostics, [])
  }
})
