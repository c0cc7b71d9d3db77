import test from 'ava'
import { readHeaderComments } from '../../src/annotate/header-comments.ts'
import { documentIn, documentsIn, mimeOf } from '../support/documents.ts'
import { placeOf, pointedAt } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const found = (content: string): readonly (readonly [string, string])[] =>
  readHeaderComments(documentIn(content)).annotations.map(({ key, value }) => [key, value])

const finds = test.macro<[what: string, content: string, ...annotations: (readonly [string, string])[]]>({
  exec(t, _, content, ...annotations) {
    t.deepEqual(found(content), annotations)
  },
  title: (_, what) => what,
})

const web = [`${P}connect-service`, 'web'] as const
const inject = [`${P}connect-inject`, 'true'] as const

for (const opening of [
  '#cloud-config',
  '#!/bin/sh',
  '#!/usr/bin/env python3',
  '#cloud-boothook\n#!/bin/sh',
  '#include',
  '#include-once https://example.com',
  '#part-handler',
  '#cloud-config-archive',
  '#cloud-config-jsonp',
  '## template: jinja\n#cloud-config',
  '\n\n#cloud-config',
  '# no header of any format',
]) {
  test(
    finds,
    `comments below ${JSON.stringify(opening)} are read`,
    `${opening}\n# ${P}connect-inject: "true"\n# ${P}connect-service: web\nrest`,
    inject,
    web,
  )
}

test(
  finds,
  'blank lines and other comments do not end the run',
  `#cloud-config\n\n# a note\n \t\n#\n# ${P}connect-service: web\n`,
  web,
)
test(finds, 'the first other line ends it', `#cloud-config\na: 1\n# ${P}connect-service: web\n`)
test(finds, 'even an indented one', `#cloud-config\n  a: 1\n# ${P}connect-service: web\n`)
test(finds, 'a comment after code is none', `#!/bin/sh\nset -e # ${P}connect-service: web\n`)
test(
  finds,
  'a comment may be indented, have several signs and no blank',
  `#cloud-config\n  ##${P}connect-service:web\n`,
  web,
)
test(
  finds,
  'lines may end in CRLF',
  `#cloud-config\r\n# ${P}connect-service: web\r\n\r\n# ${P}connect-inject: "true"\r\n`,
  web,
  inject,
)
test(finds, 'the last line needs no line feed', `#cloud-config\n# ${P}connect-service: web`, web)
test(finds, 'the VM-only domain is read too', '#cloud-config\n# alpha.consul.hashicorp.com/virtual-ip: 10.0.0.1', [
  'alpha.consul.hashicorp.com/virtual-ip',
  '10.0.0.1',
])
test(finds, 'a misspelt key is found, to be refused', `#cloud-config\n# ${P}conect-service: web`, [
  `${P}conect-service`,
  'web',
])
test(
  finds,
  'a key without a colon is a remark',
  `#cloud-config\n# see ${P}connect-service: web\n# ${P}connect-service\n# ${P}x y: z`,
)
test(finds, 'a key of another domain is a remark', '#cloud-config\n# example.com/connect-service: web')
test(
  finds,
  'an empty value is empty',
  `#cloud-config\n# ${P}connect-service:\n# ${P}connect-inject: ""`,
  [`${P}connect-service`, ''],
  [`${P}connect-inject`, ''],
)
test(
  finds,
  'a value may hold colons and white space of any kind',
  `#cloud-config\n# ${P}service-meta-x: a: b\u2028c\td`,
  [`${P}service-meta-x`, 'a: b\u2028c\td'],
)
test(
  finds,
  'a key given twice is found twice',
  `#cloud-config\n# ${P}connect-service: web\n# ${P}connect-service: web`,
  web,
  web,
)

test('key and value know their places, in characters', t => {
  const [annotation] = readHeaderComments(
    documentIn(`#cloud-config\n# 😀\n #  ${P}connect-service : "web" # note\n`),
  ).annotations
  t.deepEqual([placeOf(annotation?.keySpan), pointedAt(annotation?.keySpan)], ['3:5', `${P}connect-service`])
  t.deepEqual([placeOf(annotation?.span), pointedAt(annotation?.span)], ['3:44', '"web" # note'])
  t.is(annotation?.origin, 'document')
})

test('an empty value has a place all the same', t => {
  const [annotation] = readHeaderComments(documentIn(`#cloud-config\n# ${P}connect-service:\n`)).annotations
  t.is(placeOf(annotation?.span), '2:40')
})

test('every part of a MIME message is read, and nothing beyond it', t => {
  const documents = documentsIn(
    mimeOf(
      `Content-Type: text/cloud-config\n\n# ${P}connect-service: web`,
      `Content-Type: text/x-shellscript\n\n#!/bin/sh\n# ${P}connect-inject: "true"`,
      `Content-Transfer-Encoding: base64\n\n${Buffer.from(`#!/bin/sh\n# ${P}connect-service-port: 80\n`).toString('base64')}`,
      '\n',
    ),
  )
  const read = documents.map(document => readHeaderComments(document))
  t.deepEqual(
    read.map(all => all.annotations.map(({ value, span }) => `${span?.source.name} ${placeOf(span)} ${value}`)),
    [['web.yaml 7:41 web'], ['web.yaml 12:40 true'], ['web.yaml (part 3) 2:46 80'], []],
  )
})

test('a comment of a million blanks is read in no time worth mentioning', t => {
  t.deepEqual(found(`#cloud-config\n# ${P}connect-service:${' '.repeat(1_000_000)}web${' '.repeat(1_000_000)}\n`), [
    web,
  ])
})

test('a comment of that form below the head is warned of at its place', t => {
  const { annotations, diagnostics } = readHeaderComments(
    documentIn(`#cloud-config\npackages: []\n# ${P}connect-inject: "true"\nruncmd:\n  # ${P}indented: is content\n`),
  )
  t.deepEqual(annotations, [])
  t.deepEqual(
    diagnostics.map(({ code, span }) => [code, placeOf(span)]),
    [['W203', '3:3']],
  )
})
