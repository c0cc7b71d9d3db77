import test from 'ava'
import { readKeys } from '../../src/annotate/cloud-config-keys.ts'
import type { Document } from '../../src/decode/user-data.ts'
import { lineOf } from '../../src/report/source.ts'
import { documentIn, documentsIn, mimeOf } from '../support/documents.ts'
import { brief, placeOf, pointedAt } from '../support/places.ts'

const P = 'consul.hashicorp.com/'

const found = (document: Document): readonly string[] =>
  readKeys(document).annotations.map(({ key, value }) => `${key.replace(P, '')}=${value}`)

/** The document with the lines to be cut marked, and what was found. */
const marked = (document: Document): string => {
  const cut = new Set(readKeys(document).cuts.map(offset => lineOf(document.source, offset)))
  const lines = document.source.text.slice(0, document.end).split('\n')
  return lines.map((line, at) => (cut.has(at + 1) ? `>${line}` : line)).join('\n')
}

const cuts = test.macro<[what: string, expected: string, ...annotations: string[]]>({
  exec(t, _, expected, ...annotations) {
    const document = documentIn(`#cloud-config\n${expected.replaceAll(/^>/gm, '')}`)
    t.deepEqual(readKeys(document).diagnostics.map(brief), [])
    t.is(marked(document), `#cloud-config\n${expected}`)
    t.deepEqual(found(document), annotations)
  },
  title: (_, what) => what,
})

const web = 'connect-service=web'

test(cuts, 'a key at the top level is cut', `a: 1\n>${P}connect-service: web\nb: 2\n`, web)
test(
  cuts,
  'the first and the last key are cut',
  `>${P}connect-service: web\na: 1\n>${P}connect-inject: "true"\n`,
  web,
  'connect-inject=true',
)
test(cuts, 'the last line needs no line feed', `a: 1\n>${P}connect-service: web`, web)
test(cuts, 'a document may have nothing else', `>${P}connect-service: web\n`, web)
test(
  cuts,
  'keys of the VM-only domain are cut',
  '>alpha.consul.hashicorp.com/virtual-ip: 10.0.0.1\n',
  'alpha.virtual-ip=10.0.0.1',
)
test(cuts, 'the next key may be quoted', `>${P}connect-service: web\n"packages": [nginx]\n`, web)
test(
  cuts,
  'keys may be quoted',
  `>"${P}connect-service": web\n>'${P}connect-inject': "true"\na: 1\n`,
  web,
  'connect-inject=true',
)
test(cuts, 'the root may be indented', `  a: 1\n>  ${P}connect-service: web\n  b: 2\n`, web)
test(cuts, 'a key may have blanks before its colon', `>${P}connect-service  :   web # a note\n`, web)
test(cuts, 'a key may be explicit', `>? ${P}connect-service\n>: web\na: 1\n`, web)
test(cuts, 'the next key may be explicit', `>${P}connect-service: web\n? a\n: 1\n`, web)
test(cuts, 'a tag or an anchor may stand before the key', `>!!str ${P}connect-service: &x web\na: 1\n`, web)
test(
  cuts,
  'comments and blank lines stay what they are',
  `>${P}connect-service: web\n\n# about a\n  # more\na: 1\n`,
  web,
)
test(
  cuts,
  'lines of a block scalar are cut, blank ones and comments in it stay',
  `>${P}service-meta-x: |\n>  one\n\n  # two\n>  three\n\na: 1\n`,
  'service-meta-x=one\n\n# two\nthree\n',
)
test(
  cuts,
  'lines of a list are cut, in whatever indentation',
  `>${P}service-tags:\n>- a\n# why\n>- b\na: 1\n>${P}connect-service:\n>    - web\n`,
  'service-tags=a,b',
  web,
)
test(
  cuts,
  'a plain scalar of several lines is cut',
  `>${P}service-meta-x: one\n>  two\n\n>  three\na: 1\n`,
  'service-meta-x=one two\nthree',
)
test(cuts, 'a value may begin on the next line', `>${P}connect-service:\n>  web\na: 1\n`, web)
test(
  cuts,
  'a quoted value may go over lines that look like others',
  `>${P}service-meta-x: "one\n\n # two\n> a: 1"\na: 1\n`,
  'service-meta-x=one\n# two a: 1',
)
test(cuts, 'the end of the document is not cut', `>${P}connect-service: web\n...\n`, web)
test(cuts, 'the beginning of the document is not cut', `---\n>${P}connect-service: web\n`, web)
test(cuts, 'a value may be an alias', `a: &x web\n>${P}connect-service: *x\n`, web)
test(
  cuts,
  'an anchor used among annotations only is cut with them',
  `>${P}connect-service: &x web\na: 1\n>${P}service-meta-x: *x\n`,
  web,
  'service-meta-x=web',
)
test(
  cuts,
  'annotations may stand under annotations:',
  `a: 1\n>annotations:\n>  ${P}connect-service: web\n  # note\n>  example.com/x: y\nb: 2\n`,
  web,
)
test(
  cuts,
  'or under metadata: annotations:, as in a manifest',
  `>metadata:\n>  name: web\n>  annotations:\n>    ${P}connect-service: web\n>  labels: {a: b}\nb: 2\n`,
  web,
)
test(
  cuts,
  'there they may be a flow mapping',
  `>annotations: {${P}connect-service: web,\n>  ${P}connect-inject: "true"}\nb: 2\n`,
  web,
  'connect-inject=true',
)
test(cuts, 'or an alias', `a: &x {${P}connect-service: web}\n>annotations: *x\n`, web)
test(
  cuts,
  'annotations and metadata without any of ours stay',
  'annotations: {example.com/x: y}\nmetadata: {name: web}\n',
)
test(
  cuts,
  'a key deeper in the document is the operator’s own',
  `write_files:\n- content: |\n    ${P}connect-service: web\n  ${P}connect-inject: "true"\n`,
)
test(cuts, 'a key in a comment is no key', `# ${P}connect-service: web\na: 1\n`)
test(
  cuts,
  'a key given twice is found twice',
  `>${P}connect-service: web\n>${P}connect-service: api\n`,
  web,
  'connect-service=api',
)

test('lines may end in CRLF', t => {
  const document = documentIn(`#cloud-config\r\n${P}connect-service: web\r\n\r\n# x\r\na: 1\r\n`)
  t.is(marked(document), `#cloud-config\r\n>${P}connect-service: web\r\n\r\n# x\r\na: 1\r\n`)
  t.deepEqual(found(document), [web])
})

test('a jinja template that is YAML is read', t => {
  const document = documentIn(
    `## template: jinja\n#cloud-config\n${P}connect-service: web\nhostname: "{{ v1.name }}"\n`,
  )
  t.is(marked(document), `## template: jinja\n#cloud-config\n>${P}connect-service: web\nhostname: "{{ v1.name }}"\n`)
  t.deepEqual(found(document), [web])
})

test('a part of a MIME message is cut in its place', t => {
  const [script, config] = documentsIn(
    mimeOf('\n#!/bin/sh', `Content-Type: text/cloud-config\n\n${P}connect-service: web\na: 1`, '\n#!/bin/sh'),
  )
  t.is(script && found(script).length, 0)
  t.deepEqual(config && found(config), [web])
  t.regex(config === undefined ? '' : marked(config), new RegExp(`\n>${P}connect-service: web\na: 1$`))
})

test('key and value know their places', t => {
  const [annotation] = readKeys(documentIn(`#cloud-config\nannotations:\n  "${P}connect-service": 'web'\n`)).annotations
  t.deepEqual([placeOf(annotation?.keySpan), pointedAt(annotation?.keySpan)], ['3:4', `${P}connect-service`])
  t.deepEqual([placeOf(annotation?.span), pointedAt(annotation?.span)], ['3:44', 'web'])
  t.is(annotation?.origin, 'document')
})

test('what is not YAML is none of the tool’s business when no annotation stands in it as a key', t => {
  const contents = [
    `#cloud-config\n# ${P}connect-service: web\na: [\n`,
    `## template: jinja\n#cloud-config\n{% for a in b %}\nwrite_files:\n- content: |\n    ${P}connect-service: web\n{% endfor %}\n`,
  ]
  for (const content of contents)
    t.deepEqual(readKeys(documentIn(content)), { annotations: [], cuts: [], diagnostics: [] })
})

test('a list or a text as root has no keys', t => {
  for (const root of [`- ${P}connect-service: web\n`, `"${P}connect-service: web"\n`]) {
    t.deepEqual(readKeys(documentIn(`#cloud-config\n${root}`)), { annotations: [], cuts: [], diagnostics: [] })
  }
})

test('every value of the wrong kind is refused at its place, and the key is cut all the same', t => {
  const { diagnostics, cuts: cut } = readKeys(
    documentIn(`#cloud-config\n${P}connect-service:\n${P}connect-service-port: 010\na: 1\n`),
  )
  t.deepEqual(
    diagnostics.map(({ code, span }) => `${code} ${placeOf(span)} ${pointedAt(span)}`),
    ['E203 2:37 :', 'E203 3:44 010'],
  )
  t.is(cut.length, 2)
})
