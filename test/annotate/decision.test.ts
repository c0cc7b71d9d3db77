import test from 'ava'
import type { Annotation } from '../../src/annotate/annotation.ts'
import { decide } from '../../src/annotate/decision.ts'
import { spanOf } from '../../src/report/source.ts'
import { sourceOf } from '../support/places.ts'

const source = sourceOf('true')
const given = (values: Readonly<Record<string, string>>): ReadonlyMap<string, Annotation> =>
  new Map(
    Object.entries(values).map(([name, value]) => {
      const key = `consul.hashicorp.com/${name}`
      return [key, { key, value, origin: 'document', span: spanOf(source, 0, 4) }]
    }),
  )

type Row = [
  inject: string | undefined,
  status: string | undefined,
  byDefault: boolean,
  injects: boolean,
  reason: string,
]

const row = test.macro<Row>({
  exec(t, inject, status, byDefault, injects, reason) {
    const annotations = given({
      ...(inject !== undefined && { 'connect-inject': inject }),
      ...(status !== undefined && { 'connect-inject-status': status }),
      'connect-service': 'web',
    })
    const decision = decide(annotations, byDefault)
    t.is(decision.inject, injects)
    t.is(decision.reason, reason)
    const byStatus = (status ?? '').trim() !== ''
    t.is(decision.explicit, !byStatus && (inject ?? '').trim() !== '')
    t.is(decision.span !== undefined, byStatus || decision.explicit)
  },
  title: (_, inject, status, byDefault, injects) =>
    `connect-inject ${JSON.stringify(inject)}, status ${JSON.stringify(status)}, default ${byDefault}: ${injects ? 'inject' : 'leave alone'}`,
})

const unset = 'connect-inject is not set'
const on = 'injection is on by default'
const rows: readonly Row[] = [
  [undefined, undefined, false, false, unset],
  [undefined, undefined, true, true, on],
  ['true', undefined, false, true, 'connect-inject is "true"'],
  ['true', undefined, true, true, 'connect-inject is "true"'],
  ['false', undefined, false, false, 'connect-inject is "false"'],
  ['false', undefined, true, false, 'connect-inject is "false"'],
  ['1', undefined, false, true, 'connect-inject is "1"'],
  ['F', undefined, true, false, 'connect-inject is "F"'],
  ['maybe', undefined, true, false, 'connect-inject is "maybe"'],
  ['', undefined, false, false, unset],
  ['', undefined, true, true, on],
  ['  ', undefined, true, true, on],
  ['true', 'injected', true, false, 'connect-inject-status says "injected"'],
  [undefined, 'anything', true, false, 'connect-inject-status says "anything"'],
  ['true', '', false, true, 'connect-inject is "true"'],
  ['true', ' ', false, true, 'connect-inject is "true"'],
]
for (const one of rows) test(row, ...one)

test('who forgot to ask is told how to', t => {
  t.regex(decide(new Map(), false).hint ?? '', /connect-inject: "true"/)
  t.is(decide(given({ 'connect-inject': 'false' }), false).hint, undefined)
})
