// Annotated documents of every format, of any size, for `npm run bench`.
import { gzipSync } from 'node:zlib'

const HEADER = `# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "web"
# consul.hashicorp.com/connect-service-port: "8080"
`
const CLOUD_CONFIG = `#cloud-config\n${HEADER}`

/** Numbered pieces until there are so many characters. */
function repeat(piece, length) {
  const pieces = []
  for (let number = 0, left = length; left > 0; number++) {
    const next = piece(number)
    pieces.push(next)
    left -= next.length
  }
  return pieces.join('')
}

const script = length => repeat(number => `echo "line ${number}" >> /var/log/app.log || exit 1\n`, length)
const indented = length => repeat(number => `      setting_${number} = some value  # why\n`, length)
const cloudConfig = length => `${CLOUD_CONFIG}write_files:\n${repeat(entry, length)}runcmd: [systemctl restart app]\n`
const entry = number => `  - path: /etc/app/${number}.conf\n    permissions: '0640'\n    content: |\n${indented(300)}`
const nested = depth =>
  repeat(
    number => `${'  '.repeat(number % depth)}${number % depth === 0 ? `tree_${number / depth}` : 'child'}:\n`,
    depth * 6,
  )

const part = (type, name, body, encoding = '7bit') =>
  `Content-Type: ${type}\nMIME-Version: 1.0\nContent-Transfer-Encoding: ${encoding}\n` +
  `Content-Disposition: attachment; filename="${name}"\n\n${body}`
const multipart = parts =>
  `Content-Type: multipart/mixed; boundary="=="\nMIME-Version: 1.0\n\n${parts.map(text => `--==\n${text}\n`).join('')}--==--\n`
const parts = (length, size, of) =>
  multipart([
    part('text/cloud-config', 'first.yaml', CLOUD_CONFIG),
    ...Array.from({ length: Math.ceil(length / size) }, (_, at) => of(at, size)),
  ])
const base64 = text => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

/** Of each kind a document with so many characters, more or less. */
const TEXTS = {
  'cloud-config, many files': cloudConfig,
  'cloud-config, one long file': length =>
    `${CLOUD_CONFIG}write_files:\n  - path: /etc/app.conf\n    content: |\n${indented(length)}`,
  'cloud-config, one folded text': length => `${CLOUD_CONFIG}message: >\n${indented(length)}`,
  'cloud-config, one quoted text': length =>
    `${CLOUD_CONFIG}message: "${repeat(number => `line ${number}\\n`, length)}"\n`,
  'cloud-config, one unquoted text': length =>
    `${CLOUD_CONFIG}message: begins\n${repeat(number => `  word ${number}\n`, length)}`,
  'cloud-config, commands': length =>
    `${CLOUD_CONFIG}runcmd:\n${repeat(number => `  - echo ${number} >> /var/log/app\n`, length)}`,
  'cloud-config, commands in lists': length =>
    `${CLOUD_CONFIG}runcmd:\n${repeat(number => `  - [sh, -c, "echo ${number}"]\n`, length)}`,
  'cloud-config, one long line': length =>
    `${CLOUD_CONFIG}packages: [first${repeat(number => `, package-${number}`, length)}]\n`,
  'cloud-config, one list in lines': length =>
    `${CLOUD_CONFIG}packages: [\n${repeat(number => `  package-${number},\n`, length)}]\n`,
  'cloud-config, nested': length =>
    `${CLOUD_CONFIG}${repeat(at => nested(64).replace('tree_0', `tree_${at}`), length)}`,
  'cloud-config, many keys': length => `${CLOUD_CONFIG}${repeat(number => `key_${number}: value\n`, length)}`,
  'cloud-config, comments': length =>
    `${CLOUD_CONFIG}packages: [nginx]\n${repeat(number => `# remark ${number}\n`, length)}`,
  'cloud-config, comments first': length =>
    `${CLOUD_CONFIG}${repeat(number => `# remark ${number}\n`, length)}packages: [nginx]\n`,
  'cloud-config, anchors': length =>
    `${CLOUD_CONFIG}runcmd: &all\n- true\nlist:\n${repeat(number => `  - &a${number} {a: 1}\n  - *a${number}\n`, length)}`,
  'cloud-config, tabs': length =>
    `${CLOUD_CONFIG}write_files:\n${repeat(number => `  - path: /etc/${number}\n    content: |\n      a\tb\n`, length)}`,
  'cloud-config, CRLF': length => cloudConfig(length).replaceAll('\n', '\r\n'),
  'cloud-config, not ASCII': length => cloudConfig(length).replaceAll('some value', 'größer'),
  'cloud-config, keys': length =>
    `#cloud-config\nconsul.hashicorp.com/connect-inject: "true"\nconsul.hashicorp.com/connect-service: web\n${repeat(number => `key_${number}: value\n`, length)}`,
  script: length => `#!/bin/sh\n${HEADER}${script(length)}`,
  'script, one long line': length => `#!/bin/sh\n${HEADER}echo ${repeat(number => `word${number} `, length)}\n`,
  boothook: length => `#cloud-boothook\n${HEADER}${script(length)}`,
  include: length => `#include\n${HEADER}${repeat(number => `https://example.com/${number}\n`, length)}`,
  jinja: length => `## template: jinja\n${cloudConfig(length)}`,
  'jinja, not YAML': length => `## template: jinja\n${cloudConfig(length)}{% if v1 %}\nrun: {{ v1 }}\n{% endif %}\n`,
  archive: length =>
    `#cloud-config-archive\n${HEADER}${repeat(number => `- type: text/x-shellscript\n  filename: ${number}.sh\n  content: |\n    #!/bin/sh\n    echo ${number}\n`, length)}`,
  jsonp: length =>
    `#cloud-config-jsonp\n[${repeat(number => `{"op": "add", "path": "/packages", "value": "p${number}"},\n`, length)}{"op": "add", "path": "/packages", "value": "x"}]\n`,
  'not known': length => `${HEADER}${script(length)}`,
  'MIME, one long script': length =>
    multipart([
      part('text/cloud-config', 'first.yaml', CLOUD_CONFIG),
      part('text/x-shellscript', 'a.sh', `#!/bin/sh\n${script(length)}`),
    ]),
  'MIME, many scripts': length =>
    parts(length, 1000, (at, size) => part('text/x-shellscript', `${at}.sh`, `#!/bin/sh\n${script(size)}`)),
  'MIME, many cloud-configs': length =>
    parts(length, 1000, (at, size) =>
      part('text/cloud-config', `${at}.yaml`, `#cloud-config\nkey_${at}: |\n${indented(size)}`),
    ),
  'MIME, parts in base64': length =>
    parts(length, 1000, (at, size) =>
      part('text/x-shellscript', `${at}.sh`, base64(`#!/bin/sh\n${script((size * 3) / 4)}`), 'base64'),
    ),
  'MIME, small parts': length =>
    parts(length, 200, at => part('text/x-shellscript', `${at}.sh`, `#!/bin/sh\necho ${at}\n`)),
}

/** What makes a document of each kind, of so many bytes, more or less. */
export const DOCUMENTS = {
  ...Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, length => Buffer.from(text(length))])),
  base64: length => Buffer.from(base64(cloudConfig((length * 3) / 4))),
  gzip: length => gzipSync(cloudConfig(length)),
}
