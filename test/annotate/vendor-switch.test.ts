import test from 'ava'
import { type VendorKey, vendorSwitch } from '../../src/annotate/vendor-switch.ts'
import { decode } from '../../src/decode/decode.ts'
import { mimeOf } from '../support/documents.ts'
import { brief, bytes, pointedAt } from '../support/places.ts'

const said = (content: string, key: VendorKey = 'vendor_data'): readonly string[] =>
  vendorSwitch(decode(bytes(content), 'web.yaml').userData, key).map(
    entry => `${pointedAt(entry.span)} | ${brief(entry)}`,
  )

const off = test.macro<[setting: string, pointedAt: string]>({
  exec(t, setting, expected) {
    const [only, ...others] = said(`#cloud-config\nvendor_data: ${setting}\n`)
    t.is(others.length, 0)
    t.true(only?.startsWith(`${expected} | W401`), only)
  },
  title: (_, setting) => `vendor_data: ${JSON.stringify(setting)} switches vendor-data off`,
})

const FALSE = ['false', 'False', 'FALSE', 'no', 'No', 'off', 'OFF', '0', '00', '2', '~', 'null', 'y']
for (const value of [...FALSE, 'maybe', '1.0', '[true]', '{a: b}']) test(off, `{enabled: ${value}}`, value)
for (const text of ['no', 'false', 'maybe']) test(off, `{enabled: "${text}"}`, text)
test(off, '{prefix: [x], enabled: off}', 'off')
test(off, '\n  enabled: # why\n  prefix: x', ':')
for (const value of ['~', 'null', 'false', 'true', '5', '1.5', '2020-01-01']) test(off, value, value)
test(off, '{enabled: true, disabled_handlers: [text/cloud-boothook]}', '[text/cloud-boothook]')
test(off, '{disabled_handlers: [text/part-handler, text/x-shellscript]}', '[text/part-handler, text/x-shellscript]')
test(off, '{disabled_handlers: text/x-shellscript}', 'text/x-shellscript')
test(off, '&x {enabled: &no no}', 'no')

const on = test.macro<[content: string]>({
  exec(t, content) {
    t.deepEqual(said(content), [])
  },
  title: (_, content) => `${JSON.stringify(content)} leaves vendor-data on`,
})

const TRUE = [
  'true',
  'True',
  'TRUE',
  'yes',
  'on',
  'On',
  '1',
  '01',
  '0x1',
  '0b1',
  '+1',
  "'1'",
  '"Yes"',
  '" true "',
  '!!str on',
]
for (const value of TRUE) test(on, `#cloud-config\nvendor_data: {enabled: ${value}}\n`)
for (const setting of [
  'x',
  '[]',
  '{}',
  '{prefix: /usr/bin/ltrace}',
  '{disabled_handlers: [text/cloud-config]}',
  '{disabled_handlers: ~}',
])
  test(on, `#cloud-config\nvendor_data: ${setting}\n`)
test(on, '#cloud-config\nvendor_data: {disabled_handlers: [text/x-shellscript-per-boot]}\n')
test(on, '#cloud-config\nvendor_data2: {enabled: false}\n')
test(on, '#cloud-config\nx: {vendor_data: {enabled: false}}\n')
test(on, '#!/bin/sh\nvendor_data: false\n')
test(on, '#cloud-config\n# vendor_data: {enabled: false}\n')
test(on, '')

test('a value behind an alias counts', t => {
  t.is(said('#cloud-config\nx: &off {enabled: false}\nvendor_data: *off\n').length, 1)
})

test('a cloud-config in a MIME message counts, and of several the last that says something', t => {
  const part = (text: string): string => `Content-Type: text/cloud-config\n\n${text}`
  const [never, always, silent] = [part('vendor_data: {enabled: 0}'), part('vendor_data: {}'), part('packages: []')]
  t.is(said(mimeOf(never)).length, 1)
  t.is(said(mimeOf(always, never, silent)).length, 1)
  t.is(said(mimeOf(never, always, silent)).length, 0)
  const packed = Buffer.from('#cloud-config\nvendor_data:\n').toString('base64')
  t.is(said(mimeOf(`Content-Transfer-Encoding: base64\n\n${packed}`)).length, 1)
})

test('a cloud-config in an archive counts, with a type and without', t => {
  for (const item of [
    '"#cloud-config\\nvendor_data: no"',
    '{content: "vendor_data: no"}',
    '{type: text/cloud-config, content: "vendor_data: no"}',
  ])
    t.is(said(`#cloud-config-archive\n- {content: "#!/bin/sh"}\n- ${item}\n`).length, 1, item)
  t.is(
    said('#cloud-config-archive\n- {type: text/x-shellscript, content: "vendor_data: no"}\n- 5\n- {a: b}\n').length,
    0,
  )
})

test('what only the guest can tell is said to be unsure', t => {
  const unsure = (content: string): void => {
    t.regex(said(content).join('\n'), /W401 \d+:\d+ this may switch vendor-data off/)
  }
  unsure('## template: jinja\n#cloud-config\nvendor_data: {enabled: {{ x }}}\n')
  unsure('## template: jinja\n#cloud-config\n{% if x %}\nvendor_data: {enabled: false}\n{% endif %}\n')
  unsure('#cloud-config-jsonp\n[{"op": "add", "path": "/vendor_data", "value": {"enabled": false}}]\n')
  unsure('#cloud-config-jsonp\n[{"op": "replace", "path": "/vendor_data/enabled", "value": false}]\n')
  unsure('#cloud-config\na: [\nvendor_data: no\n')
})

test('the two kinds of vendor-data are switched separately', t => {
  const keys = ['vendor_data', 'vendor_data2'] as const
  const documents = (key: VendorKey): readonly string[] => [
    `#cloud-config\n${key}: {enabled: false}\n`,
    `#cloud-config\na: [\n${key}: no\n`,
    `#cloud-config-jsonp\n[{"op": "add", "path": "/${key}", "value": {"enabled": false}}]\n`,
  ]
  for (const key of keys) {
    for (const content of documents(key))
      for (const asked of keys) t.is(said(content, asked).length, asked === key ? 1 : 0)
    t.regex(said(`#cloud-config\n${key}: 5\n`, key)[0] ?? '', new RegExp(`\`${key}\` is not a mapping`))
  }
})
