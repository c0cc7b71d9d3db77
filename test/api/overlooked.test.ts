import { gzipSync } from 'node:zlib'
import test from 'ava'
import { type InjectOptions, inject } from '../../src/index.ts'
import { bytes } from '../support/places.ts'

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const WANTED: InjectOptions = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' }
const HEAD = '# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: web\n'
const part = (type: string, body: string, encoding = '7bit'): string =>
  `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n--b--\n`

const says = test.macro({
  exec(t, input: string | Uint8Array, code: string, message: RegExp, options: InjectOptions = {}) {
    const { diagnostics } = inject(typeof input === 'string' ? bytes(input) : input, {
      profile: 'prebuilt',
      ...options,
    })
    const all = diagnostics.map(entry => `${entry.code} ${entry.message} | ${entry.hint ?? ''}`)
    t.true(
      all.some(text => text.startsWith(`${code} `) && message.test(text)),
      all.join('\n'),
    )
  },
  title: (title = '') => title,
})

const INSTALL = `#cloud-config\n${HEAD}autoinstall:\n  version: 1\n`
for (const [form, document] of Object.entries({
  'with its key in quotes': INSTALL.replace('autoinstall', '"autoinstall"'),
  'with an indented root': `#cloud-config\n${HEAD}  autoinstall:\n    version: 1\n`,
  'as a flow mapping': `#cloud-config\n${HEAD}{autoinstall: {version: 1}}\n`,
  'as a MIME part': part('text/cloud-config', INSTALL),
  'as a MIME part in base64': part('text/cloud-config', base64(INSTALL), 'base64'),
  'as a template': `## template: jinja\n${INSTALL}`,
  'as a template that is no YAML': `## template: jinja\n${INSTALL}{% if a %}\nb: c\n{% endif %}\n`,
  'in an archive': `#cloud-config-archive\n${HEAD}- type: text/cloud-config\n  content: |\n    autoinstall: {version: 1}\n`,
}))
  test(`an annotated document for an installer is refused ${form}`, says, document, 'E113', /autoinstall/)

const LATIN1 = Buffer.from(`#cloud-config\n${HEAD}motd: \xe9\n`, 'latin1')
test('a cloud-config that is not UTF-8 is dropped by cloud-init', says, LATIN1, 'W107', /not UTF-8/)
test('one that is not UTF-8 takes no injection into it', says, LATIN1, 'E406', /not UTF-8/, { layout: 'cloud-config' })
test(
  'a part in base64 that is not UTF-8 is dropped too',
  says,
  part('text/cloud-config', LATIN1.toString('base64'), 'base64'),
  'W107',
  /not UTF-8/,
)

for (const [where, document] of Object.entries({
  'an item of an archive': `#cloud-config-archive\n- |\n  #cloud-config\n  ${HEAD.replaceAll('\n# ', '\n  # ')}`,
  'another spelling': '#cloud-config\n# consul.hashicorp.com/connect-inject="true"\n',
  'a list in a comment': '#cloud-config\n# - "consul.hashicorp.com/connect-inject": "true"\n',
  'an indented comment': '#cloud-config\nusers:\n  # consul.hashicorp.com/connect-inject: "true"\n  - default\n',
  'the template of a Pod': '#cloud-config\nspec:\n  annotations:\n    consul.hashicorp.com/connect-inject: "true"\n',
  'a comment of jinja': '## template: jinja\n#cloud-config\n{# consul.hashicorp.com/connect-inject: "true" #}\n',
}))
  test(
    `of an annotation in ${where} it is said that it is not read`,
    says,
    document,
    'N110',
    /connect-inject stands where/,
  )

test('nothing is said of prose', t => {
  const { diagnostics } = inject(bytes('#cloud-config\n# see consul.hashicorp.com/docs for more\n'))
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['N101'],
  )
})

test(
  'a part-handler for a type of the injection is warned of',
  says,
  '#part-handler\ndef list_types():\n    return ["text/cloud-boothook"]\n',
  'W404',
  /text\/cloud-boothook/,
  WANTED,
)
test(
  'gzip in gzip is warned of',
  says,
  gzipSync(gzipSync(`#cloud-config\n${HEAD}`)),
  'W101',
  /compress it once/,
  WANTED,
)
test('MIME below a blank line gets a remedy for MIME, and nothing else to do', t => {
  const { diagnostics } = inject(
    bytes(`\n${part('text/cloud-config', `#cloud-config\n${HEAD}`)}`.replace('MIME', 'Mime')),
  )
  const [first, ...rest] = diagnostics.map(({ code, hint }) => `${code} ${hint ?? ''}`)
  t.regex(first ?? '', /^W101 a MIME document begins at once with its headers/)
  t.false(rest.some(text => text.startsWith('W203')))
})
for (const [what, document] of [
  ['an Ignition configuration', '{"ignition": {"version": "3.4.0"}}'],
  ['a script for Windows', '<powershell>\nHello\n</powershell>\n'],
] as const)
  test(`${what} in base64 is refused by name`, says, base64(document), 'E106', new RegExp(what), WANTED)
for (const [what, document] of [
  ['a Container Linux configuration', 'systemd:\n  units: []\nstorage:\n  files: []\n'],
  ['a machine configuration of Talos', 'machine:\n  network:\n    hostname: a\n'],
  ['a network configuration', 'network:\n  version: 2\n  ethernets: {}\n'],
  ['a network configuration', 'version: 2\nethernets:\n  eth0: {dhcp4: true}\n'],
] as const)
  test(`${what} is refused by name: ${JSON.stringify(document)}`, says, document, 'E106', new RegExp(what), WANTED)

test('a key that is no text stops cloud-init', says, `#cloud-config\n${HEAD}yes: b\n`, 'W112', /its key yes is no text/)
test(
  'a key that is an alias takes no injection beside it',
  says,
  `#cloud-config\n${HEAD}a: &k runcmd\n*k : [x]\n`,
  'E401',
  /a key of it is an alias/,
  { layout: 'cloud-config' },
)

for (const [what, document, codes] of [
  ['refused by its value', '#cloud-config\nconsul.hashicorp.com/connect-service: {a: b}\n', ['E203']],
  ['misspelt', '#cloud-config\n# consul.hashicorp.com/connect-servce: web\n', ['E201']],
  ['given in a document that is refused whole', 'variant: fcos\nversion: 1.4.0\n', ['E106']],
] as const)
  test(`a service that is ${what} is not missing as well`, t => {
    const { diagnostics } = inject(bytes(document), { annotations: ['connect-inject=true'] })
    t.deepEqual(
      diagnostics.map(({ code }) => code),
      codes,
    )
  })

test('an agent that a document runs with an address to bind needs none', t => {
  const document = `#cloud-config\n${HEAD}packages: [docker.io]\nruncmd:\n  - docker run -d consul agent -bind=10.0.0.9 -retry-join=10.0.0.10\n`
  const { diagnostics } = inject(bytes(document))
  t.false(diagnostics.some(({ code }) => code === 'W309'))
  t.true(inject(bytes(document.replace('-bind', '-find'))).diagnostics.some(({ code }) => code === 'W309'))
})

for (const [why, lines, codes] of [
  [
    'connect-inject is "false"',
    ['connect-inject: "false"', 'transparent-proxy: "invalid"', 'gateway-kind: mesh-gateway'],
    ['N101'],
  ],
  [
    'a status marker is there',
    ['connect-inject-status: injected', 'connect-inject: "yes"', 'consul-k8s-version: v1.9.0'],
    ['N101'],
  ],
  ['connect-inject cannot be read', ['connect-inject: "yes"'], ['E301']],
  ['connect-inject is missing, perhaps by its name', ['conect-inject: "true"'], ['E201']],
  [
    'a secret is beside "false"',
    ['connect-inject: "false"', 'acl-token: 3f1b9f2c-1111-2222-3333-444455556666'],
    ['E205'],
  ],
] as const) {
  test(`what is not injected says only what counts: ${why}`, t => {
    const document = `#cloud-config\n${lines.map(line => `# consul.hashicorp.com/${line}\n`).join('')}`
    const { diagnostics, output } = inject(bytes(document))
    t.deepEqual(
      diagnostics.map(({ code }) => code),
      codes,
    )
    t.is(output === undefined, !codes.some(code => code === 'N101'))
  })
}

for (const [what, rest, isDropped] of [
  ['comments above the header', `${HEAD}#cloud-config\npackages: [a]\n`, true],
  ['no header', 'packages: [a]\n', true],
  ['addresses to include', '#include\nhttps://127.0.0.1/\n', true],
  ['a cloud-config', `#cloud-config\n${HEAD}`, false],
  ['a script', `#!/bin/sh\n${HEAD}`, false],
  ['an expression first', '{% set x = 1 %}\n#cloud-config\npackages: [a]\n', false],
] as const) {
  test(`a template that renders to nothing that cloud-init knows is warned of: ${what}`, t => {
    const { diagnostics } = inject(bytes(`## template: jinja\n${rest}`), WANTED)
    t.is(
      diagnostics.some(({ code, hint }) => code === 'W101' && /right below/.test(hint ?? '')),
      isDropped,
    )
  })
}

test(
  'keys above a second YAML document cannot be taken out, for the reason that counts',
  says,
  `#cloud-config\nconsul.hashicorp.com/connect-inject: "true"\n---\npackages: [a]\n`,
  'E204',
  /several YAML documents/,
)

test(
  'what a MIME document says in its headers is no annotation, and that is said',
  says,
  `consul.hashicorp.com/connect-inject: true\n${part('text/cloud-config', '#cloud-config\npackages: [a]')}`,
  'N110',
  /of a part, below/,
)
for (const [what, rest, code, message] of [
  ['that is no YAML', '- content: a\nb: c\n', 'W107', /drop this archive/],
  ['of several YAML documents', '- content: a\n---\n- content: b\n', 'W109', /drop this archive/],
  ['whose root is a mapping', 'content: a\n', 'W111', /its root is no list/],
] as const) {
  test(`an archive ${what} is warned of`, says, `#cloud-config-archive\n${rest}`, code, message, WANTED)
}

test(
  'a MIME document that is indented to its end, without a blank line, is one that cloud-init ignores',
  says,
  '  MIME-Version: 1.0\n  Content-Type: text/x-shellscript\n  #!/bin/sh\n  echo\n',
  'W101',
  /will ignore it/,
  WANTED,
)
