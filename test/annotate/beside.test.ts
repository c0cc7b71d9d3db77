import test from 'ava'
import { readFlags, readMetadata } from '../../src/annotate/beside.ts'
import { brief, codes, placeOf, pointedAt, sourceOf } from '../support/places.ts'

const P = 'consul.hashicorp.com/'

const flag = test.macro<[flag: string, key: string, value: string]>({
  exec(t, given, key, value) {
    const { annotations, diagnostics } = readFlags([given])
    t.deepEqual([annotations.map(one => [one.key, one.value, one.origin]), diagnostics], [[[key, value, 'flag']], []])
    t.is(annotations[0]?.keySpan?.source.name, '--annotation')
    t.is(pointedAt(annotations[0]?.span), value)
  },
  title: (_, given) => `--annotation ${given} is an annotation`,
})

test(flag, `${P}connect-service=web`, `${P}connect-service`, 'web')
test(flag, 'connect-service=web', `${P}connect-service`, 'web')
test(flag, 'alpha.consul.hashicorp.com/virtual-ip=10.0.0.1', 'alpha.consul.hashicorp.com/virtual-ip', '10.0.0.1')
test(flag, 'virtual-ip=10.0.0.1', 'alpha.consul.hashicorp.com/virtual-ip', '10.0.0.1')
test(flag, 'no-such-key=1', `${P}no-such-key`, '1')
test(flag, 'proxy-config-map={"a": "b=c"}', `${P}proxy-config-map`, '{"a": "b=c"}')
test(flag, 'service-meta-a=', `${P}service-meta-a`, '')
test(flag, 'example.com/x=y', 'example.com/x', 'y')
test(flag, 'connect-inject="true"', `${P}connect-inject`, '"true"')

test('a flag without a key or without = is refused, and the others are read', t => {
  const { annotations, diagnostics } = readFlags(['connect-inject', '=web', '', 'connect-service=web'])
  t.deepEqual(
    annotations.map(({ value }) => value),
    ['web'],
  )
  t.deepEqual(codes(diagnostics), ['E208', 'E208', 'E208'])
  t.deepEqual(
    diagnostics.map(({ span }) => pointedAt(span)),
    ['connect-inject', '=web', ''],
  )
  t.regex(diagnostics[0]?.hint ?? '', /--annotation 'consul.hashicorp.com\/connect-inject=true'/)
})

const metadata = test.macro<[what: string, content: string, ...annotations: string[]]>({
  exec(t, _, content, ...expected) {
    const { annotations, diagnostics } = readMetadata(sourceOf(content, 'meta.yaml'))
    t.deepEqual(diagnostics.map(brief), [])
    t.deepEqual(
      annotations.map(({ key, value, span }) => `${key.replace(P, '')}=${value} at ${placeOf(span)}`),
      expected,
    )
    t.true(annotations.every(({ origin, keySpan }) => origin === 'metadata' && keySpan?.source.name === 'meta.yaml'))
  },
  title: (_, what) => what,
})

test(
  metadata,
  'an ObjectMeta is read',
  `name: web\nlabels: {a: b}\nannotations:\n  ${P}connect-inject: "true"\n  example.com/x: y\n`,
  'connect-inject=true at 4:41',
)
test(
  metadata,
  'a whole manifest is read',
  `kind: Pod\nmetadata:\n  annotations:\n    ${P}connect-service: web\n`,
  'connect-service=web at 4:43',
)
test(
  metadata,
  'JSON is read',
  `{"metadata": {"annotations": {"${P}connect-inject": "true"}}}`,
  'connect-inject=true at 1:71',
)
test(
  metadata,
  'booleans and numbers are taken as in user-data',
  `annotations:\n  ${P}connect-inject: yes\n  ${P}connect-service-port: 80`,
  'connect-inject=true at 2:40',
  'connect-service-port=80 at 3:46',
)
test(
  metadata,
  'aliases are followed',
  `x: &x {${P}connect-inject: "true"}\nannotations: *x\n`,
  'connect-inject=true at 1:46',
)
test(metadata, 'metadata without annotations has none', 'name: web\n')
test(
  metadata,
  'an empty value has a place all the same',
  `annotations: {${P}service-meta-x: ""}\n`,
  'service-meta-x= at 1:53',
)
test(metadata, 'annotations of null are none', 'name: web\nannotations:\n')
test(metadata, 'no annotation of ours is none', 'annotations: {example.com/x: y}\n')

const refuses = test.macro<[what: string, content: string, code: string, place: string, message: RegExp]>({
  exec(t, _, content, code, place, message) {
    const { annotations, diagnostics } = readMetadata(sourceOf(content, 'meta.yaml'))
    t.deepEqual([annotations, diagnostics.map(one => `${one.code} ${placeOf(one.span)}`)], [[], [`${code} ${place}`]])
    t.regex(diagnostics[0]?.message ?? '', message)
    t.truthy(diagnostics[0]?.hint)
  },
  title: (_, what) => what,
})

test(refuses, 'metadata that is not YAML is refused at its place', 'a: 1\nb: [', 'E206', '2:5', /meta.yaml: not YAML/)
test(refuses, 'a list is no metadata', '- a\n', 'E212', '1:1', /not a mapping/)
test(refuses, 'an empty file is no metadata', '', 'E212', '1:1', /not a mapping/)
test(
  refuses,
  'annotations must be a mapping',
  'name: web\nannotations: [a]\n',
  'E212',
  '2:14',
  /`annotations` is not a mapping/,
)
test(
  refuses,
  'annotations through a merge key are refused',
  `x: &x {${P}connect-inject: "true"}\nannotations:\n  <<: *x\n`,
  'E210',
  '3:3',
  /merge key/,
)
test(
  refuses,
  'a value of the wrong kind is refused',
  `annotations:\n  ${P}connect-inject: [a]\n`,
  'E203',
  '2:40',
  /is a list/,
)
