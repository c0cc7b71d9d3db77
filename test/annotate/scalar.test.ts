import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { commentValue, normalise } from '../../src/annotate/scalar.ts'
import { rowOf } from '../../src/annotate/table.ts'
import { readYaml } from '../../src/decode/yaml.ts'
import { entryOf } from '../../src/decode/yaml-node.ts'
import { spanOf } from '../../src/report/source.ts'
import { projectFolder } from '../shared.ts'
import { sourceOf } from '../support/places.ts'

const P = 'consul.hashicorp.com/'

const comment = test.macro<[text: string, value: string]>({
  exec(t, text, value) {
    t.is(commentValue(text), value)
  },
  title: (_, text, value) => `the comment value ${text} is ${JSON.stringify(value)}`,
})

for (const [text, value] of [
  ['', ''],
  ['web', 'web'],
  ['web,admin', 'web,admin'],
  ['web  # a note', 'web'],
  ['# a note', ''],
  ['http://127.0.0.1/#top', 'http://127.0.0.1/#top'],
  ['"web"', 'web'],
  ['"web" # a note', 'web'],
  ['"web"#note', 'web'],
  ['"a # b"', 'a # b'],
  ['"say \\"hi\\" \\\\"', 'say "hi" \\'],
  ['"\\x41\\u00e9\\t"', 'Aé\t'],
  ['"a\tb \\"c\\""', 'a\tb "c"'],
  ['"\\q"', '"\\q"'],
  ['""', ''],
  ["'it''s' # so", "it's"],
  ["''", ''],
  ["'a \\n b'", 'a \\n b'],
  ['"open', '"open'],
  ['"a" b', '"a" b'],
  ['True', 'True'],
  ['FALSE', 'FALSE'],
  ['NO', 'NO'],
  ['"True"', 'True'],
  ['yes', 'yes'],
  ['on', 'on'],
  ['010', '010'],
  ['22:22', '22:22'],
  ['{"a": 1} # x', '{"a": 1}'],
  ['null', 'null'],
] as const) {
  test(comment, text, value)
}

test('whatever is written as JSON between quotes comes back', t => {
  const unit = fc.constantFrom('a', '"', '\\', '#', ' ', "'", 'é', '\t', '\n', '😀')
  fc.assert(
    fc.property(fc.string({ unit }), value => {
      t.is(commentValue(`${JSON.stringify(value)} # a note`), value)
    }),
  )
})

const KEY = (name: string): string => (name.startsWith('alpha.') ? name.replace('alpha.', `alpha.${P}`) : P + name)
const read = (name: string, value: string): string => {
  const yaml = readYaml(`x: &x web\nl: &l [a, b]\nv: ${value}`)
  if (!yaml.ok) throw new Error(yaml.message)
  const node = entryOf(yaml.root, 'v')?.value
  if (node === undefined) throw new Error('no value')
  const result = normalise(KEY(name), node, spanOf(sourceOf(value), 0, 1))
  return result.ok
    ? `= ${result.value}`
    : `${result.diagnostic.code} ${result.diagnostic.message.replace(KEY(name), 'it')}; ${result.diagnostic.hint}`
}

const normal = test.macro<[name: string, value: string, expected: string]>({
  exec(t, name, value, expected) {
    t.is(read(name, value), expected)
  },
  title: (_, name, value, expected) =>
    `${name}: ${JSON.stringify(value)} in YAML ${expected.startsWith('=') ? 'stands for' : 'is refused:'} ${expected}`,
})

for (const [name, value, expected] of [
  ['connect-inject', 'true', '= true'],
  ['connect-inject', 'Yes', '= true'],
  ['connect-inject', 'off', '= false'],
  ['connect-inject', '"yes"', '= yes'],
  ['connect-inject', 'TRUE', '= true'],
  ['connect-service', 'on', '= on'],
  ['service-meta-country', 'NO', '= NO'],
  ['service-meta-final', 'True', '= True'],
  ['service-tags', '[SE, NO, true]', '= SE,NO,true'],
  ['connect-service', 'web', '= web'],
  ['connect-service', '*x', '= web'],
  ['connect-service', '!!str 22:22', '= 22:22'],
  ['connect-service', '[web, admin]', '= web,admin'],
  ['connect-service', '*l', '= a,b'],
  ['connect-service', '[]', '= '],
  ['connect-service-port', '8080', '= 8080'],
  ['connect-service-port', '-1', '= -1'],
  ['connect-service-port', '[8080, "9090"]', '= 8080,9090'],
  [
    'connect-service-port',
    '010',
    'E203 it is written 010, which YAML 1.1 reads as another number, not a string; quote it: "010"',
  ],
  [
    'connect-service-port',
    '1_000',
    'E203 it is written 1_000, which YAML 1.1 reads as another number, not a string; quote it: "1_000"',
  ],
  [
    'connect-service-port',
    '22:22',
    'E203 it is written 22:22, which YAML 1.1 reads as another number, not a string; quote it: "22:22"',
  ],
  [
    'connect-service-port',
    '0x50',
    'E203 it is written 0x50, which YAML 1.1 reads as another number, not a string; quote it: "0x50"',
  ],
  ['connect-service-port', '0o10', '= 0o10'],
  ['connect-service-port', '8080:80', '= 8080:80'],
  ['connect-service-port', '1e3', '= 1e3'],
  ['connect-service-port', '1.5', 'E203 it is a float in YAML (1.5), not a string; quote it: "1.5"'],
  [
    'service-meta-version',
    '2020-01-01',
    'E203 it is a timestamp in YAML (2020-01-01), not a string; quote it: "2020-01-01"',
  ],
  ['service-meta-version', '=', 'E203 it is a value in YAML (=), not a string; quote it: "="'],
  ['connect-service', '', 'E203 it is empty (null in YAML), not a string; give a value, or "" for an empty one'],
  ['connect-service', '~', 'E203 it is empty (null in YAML), not a string; give a value, or "" for an empty one'],
  ['connect-service', '""', '= '],
  [
    'connect-service',
    '*nowhere',
    'E203 it is an alias of an anchor that does not exist, not a string; write the value itself',
  ],
  ['connect-inject', '[true]', 'E203 it is a list, not a string; write one string'],
  ['transparent-proxy-exclude-ssh', '[true]', 'E203 it is a list, not a string; write one string'],
  ['connect-service', '{a: b}', 'E203 it is a mapping, not a string; write one string'],
  ['connect-service', '[a, [b]]', 'E203 it item 2 is a list, not a string; write one string'],
  [
    'connect-service-port',
    '[80, 010]',
    'E203 it item 2 is written 010, which YAML 1.1 reads as another number, not a string; quote it: "010"',
  ],
  ['service-tags', '[a, "b,c", *x]', '= a,b\\,c,web'],
  ['connect-service-tags', '["b,c"]', '= b\\,c'],
  ['service-tags', '["a\\\\", b]', '= a\\ ,b'],
  ['alpha.retry-join', '[10.0.0.1, "provider=aws tag_key=a"]', '= 10.0.0.1,provider=aws tag_key=a'],
  ['connect-service-upstreams', '["api:1", "db:2"]', '= api:1,db:2'],
  ['transparent-proxy-exclude-uids', '[1000, postgres]', '= 1000,postgres'],
  [
    'proxy-config-map',
    '{local_connect_timeout_ms: 5000, a: [yes, null]}',
    '= {"local_connect_timeout_ms":5000,"a":[true,null]}',
  ],
  ...[
    ['5_000', 'int'],
    ['017', 'int'],
    ['9007199254740993', 'int'],
    ['.inf', 'float'],
    ['2001-01-01', 'timestamp'],
  ].map(
    ([text = '', type = '']) =>
      [
        'proxy-config-map',
        `{a: [1, -2, 1.5, *x, {b: ${text}}]}`,
        `E203 it is ${text} inside, which YAML 1.1 reads as another ${type}, not a string; quote it: "${text}"`,
      ] as const,
  ),
  ['proxy-config-map', '\'{"a": 1}\'', '= {"a": 1}'],
  ['consul-sidecar-user-volume', '[{name: a}]', '= [{"name":"a"}]'],
  ['service-meta-note', '|\n  one\n  two', '= one\ntwo\n'],
] as const) {
  test(normal, name, value, expected)
}

test('the guest reads the same annotations as booleans', t => {
  const program = readFileSync(join(projectFolder, 'userdata-templates/envelopes/read-annotations.py'), 'utf8')
  const pattern = /^SWITCHES = re\.compile\(r"(.*)\\Z"\)$/m.exec(program)?.[1] ?? '(?!)'
  const switches = new RegExp(`^${pattern}$`)
  t.true(ANNOTATIONS.length > 100)
  for (const { key, prefix, syntax } of ANNOTATIONS) {
    t.is(!prefix && switches.test(key), syntax === 'go-bool', key)
    const elsewhere = key.startsWith('alpha.') ? key.replace('alpha.', '') : `alpha.${key}`
    t.is(switches.test(elsewhere), rowOf(elsewhere)?.syntax === 'go-bool', elsewhere)
  }
})
