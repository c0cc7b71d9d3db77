import fc from 'fast-check'

/** A secret, and a document in which it stands. */
export interface Secretive {
  readonly secret: string
  readonly document: string
}

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by)

/** A scalar in one of the styles of YAML, as it stands behind a key: the first of them begins on that line. */
const scalar = (value: string, indent: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    ` ${JSON.stringify(value)}`,
    ` '${value.replaceAll("'", "''")}'`,
    `   !!str ${JSON.stringify(value)} # why`,
    ` &anchor ${JSON.stringify(value)}`,
    `\n${indent}  ${JSON.stringify(value)}`,
    ` |\n${indent}  ${value}\n`,
    ` |-\n\n${indent}    ${value}`,
    ` >-\n${indent}  ${value}`,
    ` "${[...value].map(sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    ` "a\\\n${indent}  ${JSON.stringify(value).slice(1)}`,
  )

const NAMES = [
  'password',
  'passwd',
  'hashed_passwd',
  'api_key',
  'dbPassword',
  'X-Auth-Token',
  'client_secret',
  'encrypt',
]

const entry = (secret: string, name: string, indent: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(name, `"${name}"`, `'${name}'`), scalar(secret, indent))
    .map(([key, value]) => `${key}:${value}`)

/** Ways in which a cloud-config holds a secret; `indent` is that of the keys. */
const places = (secret: string): readonly fc.Arbitrary<string>[] => [
  fc.constantFrom(...NAMES).chain(name => entry(secret, name, '')),
  fc.constantFrom(...NAMES).chain(name => entry(secret, name, '  ').map(text => `app:\n  a: 1\n  ${text}\n  b: 2`)),
  fc.constantFrom(...NAMES).chain(name => entry(secret, name, '    ').map(text => `users:\n  - name: a\n    ${text}`)),
  fc.constantFrom(...NAMES).map(name => `users: [{name: a, ${name}: ${JSON.stringify(secret)}, b: c}]`),
  fc.constantFrom(...NAMES).map(name => `x: {"${name}":\n  [${JSON.stringify(secret)},\n  b]}`),
  scalar(secret, '    ').map(text => `write_files:\n  - path: /etc/consul.d/token\n    content:${text}`),
  fc
    .constantFrom('\n', ' ')
    .map(gap => `runcmd:\n  - [mysql, --password,${gap === ' ' ? ' ' : '\n    '}${JSON.stringify(secret)}]`),
  fc.constantFrom(
    `runcmd:\n  - - sshpass\n    - -p\n    - ${JSON.stringify(secret)}`,
    `bootcmd:\n  - |\n    export A_TOKEN=${JSON.stringify(secret)}\n    echo b`,
    `chpasswd:\n  expire: false\n  list: |\n    root:${secret}`,
    `chpasswd:\n  list:\n    - ${JSON.stringify(`root:${secret}`)}`,
    `runcmd:\n  - curl -H ${JSON.stringify(`Authorization: ${secret}`)} https://example.com/`,
    `write_files:\n  - path: /a\n    encoding: b64\n    content: ${Buffer.from(`password: ${secret}\n`).toString('base64')}`,
    `ca_certs:\n  trusted:\n    - |\n      -----BEGIN CERTIFICATE-----\n      ${secret}\n      -----END CERTIFICATE-----`,
    `# password: ${secret}`,
  ),
]

const LINES = ['packages: [nginx]', 'hostname: web', '# a comment', '', 'ntp: {enabled: yes}', 'locale: C']

/** A cloud-config that holds one secret in one of many ways, maybe as a script or inside another document. */
export const secretive: fc.Arbitrary<Secretive> = fc
  .stringMatching(/^Zq[A-Za-z0-9]{8}[A-Za-z0-9!%^*+=.-]{0,8}$/)
  .chain(secret =>
    fc
      .tuple(
        fc.oneof(...places(secret)),
        fc.shuffledSubarray(LINES),
        fc.constantFrom('config', 'config', 'crlf', 'archive', 'template', 'damaged', 'script'),
      )
      .map(([place, lines, form]) => {
        const at = lines.length >> 1
        const body = [...lines.slice(0, at), place, ...lines.slice(at)].join('\n')
        const forms: Readonly<Record<string, string>> = {
          config: `#cloud-config\n${body}\n`,
          crlf: `#cloud-config\n${body}\n`.replaceAll('\n', '\r\n'),
          archive: `#cloud-config-archive\n- type: text/cloud-config\n  content: |\n${indented(`#cloud-config\n${body}`, '    ')}\n`,
          template: `## template: jinja\n#cloud-config\n{% if v1.region %}\nlocale: {{ v1.region }}\n{% endif %}\n${body}\n`,
          damaged: `#cloud-config\n${body}\n`,
          script: `#!/bin/sh\nexport A_TOKEN=${JSON.stringify(secret)}\necho a\n`,
        }
        return { secret, document: forms[form] ?? '' }
      }),
  )
