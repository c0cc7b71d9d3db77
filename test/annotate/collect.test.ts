import test from 'ava'
import { collect } from '../../src/annotate/collect.ts'
import { decode } from '../../src/decode/decode.ts'
import { type Code, type Diagnostic, toRecord } from '../../src/report/diagnostics.ts'
import { mimeOf } from '../support/documents.ts'
import { brief, bytes, codes, placeOf, pointedAt } from '../support/places.ts'

const P = 'consul.hashicorp.com/'
const read = (content: string): ReturnType<typeof collect> => collect(decode(bytes(content), 'web.yaml').userData)
const values = (content: string): readonly string[] => read(content).annotations.map(({ value }) => value)

test('comments and keys of one document are both found', t => {
  const content = `#cloud-config\n# ${P}connect-service: web\n${P}connect-service-port: 80\n`
  t.deepEqual(values(content), ['web', '80'])
  t.is(read(content).cuts.length, 1)
})

test('annotations of all parts are found, and the cuts of all parts in order', t => {
  const { annotations, cuts } = read(
    mimeOf(
      `Content-Type: text/cloud-config\n\n${P}connect-service: web`,
      `Content-Type: text/x-shellscript\n\n#!/bin/sh\n# ${P}connect-inject: "true"\n${P}x: y`,
      `Content-Type: text/cloud-config\n\n${P}connect-service-port: 80`,
    ),
  )
  t.deepEqual(
    annotations.map(({ value }) => value),
    ['web', 'true', '80'],
  )
  t.is(cuts.length, 2)
  t.deepEqual(
    cuts,
    cuts.toSorted((a, b) => a - b),
  )
})

test('keys are read of cloud-config only', t => {
  const key = `${P}connect-service: web\n`
  for (const header of [
    '#!/bin/sh',
    '#cloud-config-archive',
    '#include',
    '#cloud-boothook',
    '',
    '## template: jinja\n#!/bin/sh',
  ]) {
    t.deepEqual(values(`${header}\n${key}`), [], header)
  }
  for (const header of ['#cloud-config', '## template: jinja\n#cloud-config'])
    t.deepEqual(values(`${header}\n${key}`), ['web'], header)
})

test('in a jinja template a value that is an expression is refused, in a comment as in a key', t => {
  const { annotations, diagnostics, cuts } = read(
    `## template: jinja\n#cloud-config\n# ${P}service-meta-a: "{{ v1.region }}"\n# ${P}connect-service: web\n${P}service-meta-b: "{% x %}"\n`,
  )
  t.deepEqual(
    annotations.map(({ value }) => value),
    ['web'],
  )
  t.deepEqual(
    diagnostics.map(({ code, span }) => `${code} ${placeOf(span)} ${pointedAt(span)}`),
    ['E211 3:40 "{{ v1.region }}"', 'E211 5:39 {% x %}'],
  )
  t.regex(diagnostics[0]?.message ?? '', /known on the guest only/)
  t.is(cuts.length, 1)
})

test('braces are nothing special elsewhere', t => {
  t.deepEqual(values(`#cloud-config\n# ${P}service-meta-a: "{{ x }}"\n`), ['{{ x }}'])
})

test('comments in a jsonp document are warned of once, as cloud-init cannot read them', t => {
  const { diagnostics } = read(`#cloud-config-jsonp\n# ${P}connect-service: web\n# ${P}connect-inject: "true"\n[]\n`)
  t.deepEqual(codes(diagnostics), ['W106'])
  t.regex(diagnostics.map(brief).join(), /2:3 .*jsonp/)
  t.deepEqual(read('#cloud-config-jsonp\n[]\n').diagnostics, [])
})

const droppedRow = test.macro({
  exec(t, text: string, code: Code, message: RegExp, line: number) {
    const { diagnostics } = collect(decode(Buffer.from(text), 'web.yaml').userData)
    t.is(diagnostics.length, 1)
    t.is(diagnostics[0]?.code, code)
    t.regex(diagnostics[0]?.message ?? '', message)
    t.is(toRecord(diagnostics[0] as Diagnostic).line, line)
  },
  title: (title = '') => title,
})

test(
  'YAML that cloud-init cannot read is warned of at its place',
  droppedRow,
  '#cloud-config\na: b\nruncmd: [x\n',
  'W107',
  /drop this cloud-config/,
  4,
)
test('brackets that close as far left as their key are no fault to cloud-init', t => {
  t.deepEqual(read('#cloud-config\nruncmd: [\nls,\n[a, b]\n]\n').diagnostics, [])
})
test(
  'several YAML documents are warned of',
  droppedRow,
  '#cloud-config\na: b\n---\nc: d\n',
  'W109',
  /several YAML documents/,
  1,
)
test('text at the root is warned of', droppedRow, '#cloud-config\nhello\n', 'W111', /root is text/, 2)
test(
  'a merge_how that does not exist is warned of',
  droppedRow,
  '#cloud-config\na: b\nmerge_how: dicts()\n',
  'W110',
  /merge_how/,
  3,
)
test('a list at the root is warned of', droppedRow, '#cloud-config\n- a\n', 'W111', /root is a list/, 2)
