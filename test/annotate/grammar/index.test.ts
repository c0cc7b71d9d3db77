import test from 'ava'
import fc from 'fast-check'
import { type GrammarSettings, grammars, isSyntaxName, type SyntaxName } from '../../../src/annotate/grammar/index.ts'
import { quote, shown } from '../../../src/annotate/grammar/quote.ts'
import { soundIssue } from './table.ts'

const settings: GrammarSettings = { enterprise: true, namespaces: true, partitions: true }
const names = Object.keys(grammars) as SyntaxName[]

/** One good value for each syntax. */
const GOOD: Record<SyntaxName, string> = {
  'go-bool': 'true',
  'service-names': 'web',
  'service-ports': '80',
  port: '80',
  'unprivileged-port': '8080',
  uint: '3',
  duration: '10s',
  'quantity-cpu': '100m',
  'quantity-memory': '64Mi',
  'port-ranges': '22,80:90',
  cidrs: '10.0.0.0/8',
  uids: '0,consul',
  'user-name': 'consul',
  'expose-paths': '21500:8080/health',
  upstreams: 'api:1234',
  tags: 'a,b',
  'meta-value': 'x',
  'json-object': '{}',
  'json-array': '[]',
  'shell-words': '--a b',
  'url-path': '/metrics',
  'absolute-path': '/etc/x',
  ip: '10.0.0.1',
  url: 'http://h/',
  'host-port': 'h:1',
  'grpc-target': 'h:1/s',
  address: 'h:1',
  'unit-name': 'a.service',
  'failure-mode': 'closed',
  text: 'x',
  'namespace-name': 'default',
  'auth-method-name': 'vm-jwt',
  locality: 'eu-west-1/eu-west-1a',
  weight: '1',
  'join-addresses': '10.0.0.1',
  'datacenter-name': 'dc1',
  'bind-address': 'eth1',
  'domain-name': 'mesh.example.com',
}

const CONTROLS = ['\0', '\n', '\x1b', '\x7f', '\u0085', '\u2028', '\u2029']

for (const name of names) {
  const grammar = grammars[name]

  test(`${name}: a good value is taken without a warning`, t => {
    const parsed = grammar(GOOD[name], settings)
    t.true(parsed.ok)
    t.is(parsed.ok ? parsed.warnings : [], undefined)
  })

  test(`${name}: no text at all makes it throw, and its complaints stand within the text`, t => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.string().map(tail => GOOD[name] + tail),
    )
    fc.assert(
      fc.property(text, value => {
        const parsed = grammar(value, settings)
        const issues = parsed.ok ? (parsed.warnings ?? []) : parsed.issues
        for (const issue of issues) soundIssue(t, value, issue)
        return parsed.ok || issues.length > 0
      }),
    )
    t.pass()
  })

  test(`${name}: a control character within a value is refused, at its place`, t => {
    for (const control of CONTROLS) {
      const value = `${GOOD[name]}${control}${GOOD[name]}`
      const parsed = grammar(value, settings)
      t.false(parsed.ok, JSON.stringify(value))
      if (name.startsWith('json-')) continue
      const issues = parsed.ok ? [] : parsed.issues
      t.true(
        issues.some(({ start, end }) => value.slice(start, end) === control),
        JSON.stringify(issues),
      )
    }
  })

  test(`${name}: a long value is read in time that grows with its length`, t => {
    for (const unit of ['1', ' ', 'a', ',', '\\', '"', '.', ':', '0', '[', '\n', '-']) {
      t.notThrows(() => grammar(unit.repeat(100_000), settings))
      t.notThrows(() => grammar(`${GOOD[name]}${unit.repeat(100_000)}x`, settings))
    }
  })
}

test('only the names of syntaxes are names of syntaxes', t => {
  t.true(isSyntaxName('go-bool'))
  t.false(isSyntaxName('toString'))
  t.false(isSyntaxName('boolean'))
})

test('a quoted value cannot fool a terminal, and a long one is cut', t => {
  t.is(quote('a"b\\c\u001b[0m\u202e\u2028'), '"a\\"b\\\\c\\u001b[0m\\u202e\\u2028"')
  t.is(shown('é\ufeff😀\ud800'), 'é\\ufeff😀\\ud800')
  t.is(quote('x'.repeat(100)), `"${'x'.repeat(79)}…"`)
})
