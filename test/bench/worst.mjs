// Documents made to hurt: much of one thing, in every format. Beside documents.mjs, for the sweep.

const HEAD =
  '#cloud-config\n# consul.hashicorp.com/connect-inject: "true"\n# consul.hashicorp.com/connect-service: "web"\n'
const times = (length, text) => text.repeat(Math.max(1, Math.floor(length / text.length)))
const numbered = (length, piece) => {
  const each = piece(1_000_000).length
  return Array.from({ length: Math.max(1, Math.floor(length / each)) }, (_, at) => piece(1_000_000 + at)).join('')
}
const yaml = body => length => `${HEAD}${body(length)}`
const script = body => length => `#!/bin/sh\n${HEAD.slice(14)}${body(length)}`
const mime = body => length =>
  `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n${body(length)}--b--\n`
const config = body => length => `#cloud-config\n${body(length)}`
const P = 'consul.hashicorp.com/'

/** A VM of KubeVirt whose user-data is a block. */
const vm = at => `---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: vm${at}}
spec:
  template:
    spec:
      domain: {devices: {}}
      volumes:
        - name: seed
          cloudInitNoCloud:
            userData: |
              #cloud-config
              hostname: vm${at}
`

/** What makes each, of so many characters, more or less. */
export const WORST = {
  'MIME, empty parts': mime(length => times(length, '--b\n')),
  'MIME, empty parts, CRLF': mime(length => times(length, '--b\r\n\r\n')),
  'MIME, parts of one character': mime(length => times(length, '--b\n\nx\n')),
  'MIME, parts that are cloud-configs': mime(length =>
    times(length, '--b\nContent-Type: text/cloud-config\n\n#cloud-config\n{}\n'),
  ),
  'MIME, parts with annotations': mime(length =>
    numbered(length, at => `--b\nContent-Type: text/cloud-config\n\n#cloud-config\n# ${P}service-meta-k${at}: v\n`),
  ),
  'MIME, parts in base64 of nothing': mime(length => times(length, '--b\nContent-Transfer-Encoding: base64\n\n\n')),
  'MIME, nested': length => {
    const open = at => `--b${at}\nContent-Type: multipart/mixed; boundary="b${at + 1}"\n\n`
    return `Content-Type: multipart/mixed; boundary="b1000000"\nMIME-Version: 1.0\n\n${Array.from({ length: Math.ceil(length / open(1e6).length) }, (_, at) => open(1e6 + at)).join('')}x\n`
  },
  'MIME, headers': length =>
    `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n${numbered(length, at => `x-${at}: y\n`)}\n--b\n\nx\n--b--\n`,
  'MIME, one header of many lines': length =>
    `Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\nX-A: b\n${times(length, ' continued\n')}\n--b\n\nx\n--b--\n`,
  'MIME, almost delimiters': mime(length => `--b\n\n${times(length, '--bx\n')}`),
  'MIME, quoted-printable': mime(
    length =>
      `--b\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\n${times(length, '=3D=\n')}`,
  ),
  'cloud-config, one key again and again': yaml(length => times(length, 'a: b\n')),
  'cloud-config, runcmd again and again': yaml(length => times(length, 'runcmd: [a]\n')),
  'cloud-config, one key nested again and again': yaml(length => `a:\n${times(length, '  a: b\n')}`),
  'cloud-config, empty items': yaml(length => `runcmd:\n${times(length, '-\n')}`),
  'cloud-config, empty flow items': yaml(length => `runcmd: [${times(length, 'a,')}a]\n`),
  'cloud-config, empty mappings': yaml(length => `a: [${times(length, '{},')}{}]\n`),
  'cloud-config, flow pairs': yaml(length => `a: {${numbered(length, at => `k${at}: 1,`)}}\n`),
  'cloud-config, brackets': yaml(length => `a: ${times(length / 2, '[')}\n`),
  'cloud-config, brackets closed': yaml(
    length =>
      `a: ${'['.repeat(Math.min(length, 2000))}${']'.repeat(Math.min(length, 2000))}\n${times(length, '# x\n')}`,
  ),
  'cloud-config, dashes': yaml(length => `a:\n  ${times(Math.min(length, 4e5), '- ')}x\n`),
  'cloud-config, blank lines': yaml(length => `a: 1\n${times(length, '\n')}b: 2\n`),
  'cloud-config, blanks': yaml(length => `a: 1\n${times(length, ' ')}\nb: 2\n`),
  'cloud-config, tabs': yaml(length => `a: 1\n${times(length, '\t')}\nb: 2\n`),
  'cloud-config, documents': yaml(length => times(length, '---\na: 1\n')),
  'cloud-config, quotes': yaml(length => `a: [${times(length, '"",')}""]\n`),
  'cloud-config, a quote left open': yaml(length => `a: "${times(length, 'x\n')}`),
  'cloud-config, too far left': yaml(length => `a: [\n${times(length, 'x,\n')}]\n`),
  'cloud-config, quoted at column 0': yaml(length => `a: "x\n${times(length, 'y\n')}"\n`),
  'cloud-config, anchors again and again': yaml(length => `a:\n${numbered(length, at => `- &a${at} x\n`)}`),
  'cloud-config, one anchor again and again': yaml(length => `a:\n${times(length, '- &a x\n')}`),
  'cloud-config, aliases': yaml(length => `a: &a x\nb:\n${times(length, '- *a\n')}`),
  'cloud-config, merge keys': yaml(length => `a: &a {b: c}\nd:\n${times(length, '- <<: *a\n')}`),
  'cloud-config, one mapping of merge keys': yaml(length => `a: &a {b: c}\nd: {<<: [${times(length, '*a,')}*a]}\n`),
  'cloud-config, complex keys': yaml(length => times(length, '? a\n: b\n')),
  'cloud-config, tags': yaml(length => `a:\n${times(length, '- !!str x\n')}`),
  'cloud-config, unknown tags': yaml(length => `a:\n${times(length, '- !x x\n')}`),
  'cloud-config, control characters': yaml(length => `a: "${times(length, '\u0001')}"\n`),
  'cloud-config, odd line breaks': yaml(length => `a: "${times(length, '\u2028')}"\n`),
  'cloud-config, escapes': yaml(length => `a: "${times(length, '\\x41')}"\n`),
  'cloud-config, question marks': yaml(length => `a: [${times(length, 'a?b,')}x]\n`),
  'cloud-config, CR alone': yaml(length => times(length, '# x\r')),
  'cloud-config, write_files': yaml(length => `write_files:\n${times(length, '- {path: /a, content: b}\n')}`),
  'cloud-config, one file in base64': yaml(
    length => `write_files:\n- path: /a\n  encoding: b64\n  content: ${times(length, 'QUJD')}\n`,
  ),
  'cloud-config, ssh keys': yaml(
    length => `ssh_authorized_keys:\n${numbered(length, at => `- ssh-ed25519 AAAA${at}\n`)}`,
  ),
  'cloud-config, null runcmd': yaml(length => `runcmd:\n${times(length, '# x\n')}`),
  'cloud-config, unknown annotations': config(length => numbered(length, at => `# ${P}x${at}: y\n`)),
  'cloud-config, unknown annotation keys': config(length => numbered(length, at => `${P}x${at}: y\n`)),
  'cloud-config, one annotation again and again': config(length => times(length, `# ${P}connect-service: web\n`)),
  'cloud-config, one annotation of two values': config(length =>
    numbered(length, at => `# ${P}connect-service: w${at}\n`),
  ),
  'cloud-config, empty annotations': config(length => times(length, `# ${P}connect-service:\n`)),
  'cloud-config, meta annotations': config(length => numbered(length, at => `# ${P}service-meta-a${at}: b\n`)),
  'cloud-config, meta keys': config(
    length => `annotations:\n${numbered(length, at => `  ${P}service-meta-a${at}: b\n`)}`,
  ),
  'cloud-config, mentions': yaml(length => `a: 1\n${numbered(length, at => `# ${P}x${at}: y\n`)}`),
  'cloud-config, a long head': config(length => `${times(length, '#\n')}# ${P}connect-service: web\n`),
  'cloud-config, invisible characters': yaml(length => `a: "${times(length, '\u200b')}"\n`),
  'script, blank lines': script(length => times(length, '\n')),
  'script, secrets': script(length => times(length, 'password=x\n')),
  'script, here-documents': script(length => numbered(length, at => `cat <<E${at}\n`)),
  'script, continued': script(length => times(length, 'a \\\n')),
  'script, pipes': script(length => times(length, 'a |\n')),
  'script, quotes': script(length => times(length, '"\'')),
  'script, package managers': script(length => times(length, 'apt ')),
  'script, long words': script(length => times(length, 'a')),
  'script, not UTF-8': length => Buffer.concat([Buffer.from('#!/bin/sh\n'), Buffer.alloc(length, 0xff)]),
  'archive, empty items': length => `#cloud-config-archive\n${times(length, '- {}\n')}`,
  'archive, strings': length => `#cloud-config-archive\n${times(length, '- "#!/bin/sh"\n')}`,
  'archive, cloud-configs': length => `#cloud-config-archive\n${times(length, '- "#cloud-config\\n{a: 1}"\n')}`,
  'jsonp, empty': length => `#cloud-config-jsonp\n[${times(length, '{},')}{}]`,
  'include, blank': length => `#include\n${times(length, '\n')}`,
  'jinja, expressions': length => `## template: jinja\n#cloud-config\na: 1\n${times(length, '# {{ v1 }}\n')}`,
  'jinja, open': length => `## template: jinja\n#cloud-config\n${times(length, '{{')}`,
  'part-handler': length => `#part-handler\n${times(length, 'x = 1\n')}`,
  'base64 of base64': length =>
    Buffer.from(Buffer.from(`${HEAD}${times(length / 2, '# x\n')}`).toString('base64')).toString('base64'),
  'manifest, VMs': length => numbered(length, at => vm(at)),
  zeros: length => Buffer.alloc(length),
  'random bytes': length => Buffer.from(Array.from({ length }, (_, at) => (at * 2654435761) >>> 24)),
  blanks: length => ' '.repeat(length),
  'no line break': length => '#'.repeat(length),
  'cloud-config header alone': length => `#cloud-config ${'x'.repeat(length)}`,
}
