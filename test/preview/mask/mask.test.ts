import { gzipSync } from 'node:zlib'
import test from 'ava'
import fc from 'fast-check'
import { MASK, masked, maskedData, maskedSources, maskedWords } from '../../../src/preview/mask/mask.ts'
import { diagnostic } from '../../../src/report/diagnostics.ts'
import { spanOf } from '../../../src/report/source.ts'
import { sourceOf, text } from '../../support/places.ts'
import { userData } from '../../support/user-data.ts'

const SECRET = 'Hunter2Sw0rdfish'
const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')
const wrapped = (text: string, width = 40): string => text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n')
const indented = (text: string, by = '      '): string => text.replace(/^/gm, by)

const HIDDEN: Readonly<Record<string, string>> = {
  'a password of cloud-config': `#cloud-config\npassword: ${SECRET}\n`,
  'a quoted one': `password: "${SECRET}"\n`,
  'one in single quotes': `password: '${SECRET}'\n`,
  'one with an escaped quote before it': `password: "a\\"${SECRET}"\n`,
  'one with a doubled quote before it': `password: 'a''${SECRET}'\n`,
  'a quoted key': `"password": ${SECRET}\n`,
  'a key with an escape': `"pass\\u0077ord": ${SECRET}\n`,
  'a key with blanks': `"the password of it": ${SECRET}\n`,
  'a complex key': `? password\n: ${SECRET}\n`,
  'a tagged value': `password: !!str ${SECRET}\n`,
  'an anchored value': `x: &pw ${SECRET}\npassword: *pw\n`,
  'a value on the next line': `password:\n  ${SECRET}\n`,
  'a value on the next line behind a comment': `password: # it\n  # is\n  ${SECRET}\n`,
  'a value on the next line behind a blank one': `password:\n\n  ${SECRET}\n`,
  'a plain value of two lines': `password: a\n  ${SECRET}\n`,
  'a quoted value of two lines': `password: "a\n  ${SECRET}"\n`,
  'a quoted value that goes on at the margin': `password: "a\n${SECRET}"\n`,
  'a value in single quotes that goes on': `password: 'a\n${SECRET}'\n`,
  'a literal block': `password: |\n  ${SECRET}\n`,
  'a literal block with an indicator': `password: |2-\n    a\n\n  ${SECRET}\n`,
  'a folded block': `password: >-\n  a\n  ${SECRET}\n`,
  'a block in a list': `users:\n  - name: a\n    passwd: |\n      ${SECRET}\n`,
  'a flow mapping': `{password: ${SECRET}, ssh_pwauth: true}\n`,
  'a flow mapping of several lines': `users: [{name: a,\n passwd:\n ${SECRET}}]\n`,
  'JSON of one line': `{"users":[{"name":"a","passwd":"${SECRET}"}]}`,
  'JSON with the value at the margin': `{\n"password":\n"${SECRET}"\n}`,
  'a list of passwords': `passwords:\n- a\n- ${SECRET}\n`,
  'a flow list of passwords': `passwords: [a,\n${SECRET}]\n`,
  hashed_passwd: `users:\n  - {name: a, hashed_passwd: ${SECRET}}\n`,
  plain_text_passwd: `users:\n  - name: a\n    plain_text_passwd: ${SECRET}\n`,
  'chpasswd with a block': `chpasswd:\n  expire: false\n  list: |\n    root:${SECRET}\n`,
  'chpasswd with a list': `chpasswd:\n  list:\n  - root:${SECRET}\n`,
  'chpasswd with users': `chpasswd:\n  users:\n  - name: root\n    password: ${SECRET}\n    type: text\n`,
  'chpasswd in flow style': `chpasswd: {expire: false, list: ["root:${SECRET}"]}\n`,
  'chpasswd in flow style over lines': `chpasswd: {expire: false,\nlist: ["root:${SECRET}"]}\n`,
  'CRLF line ends': `#cloud-config\r\npassword: |\r\n  ${SECRET}\r\nhostname: a\r\n`,
  'carriage returns for line ends': `#cloud-config\rpassword:\r  ${SECRET}\r`,
  'a second YAML document': `a: 1\n---\n"pass\\u0077ord": ${SECRET}\n`,
  'a commented password': `# password: ${SECRET}\n`,
  'a commented block': `# password: |\n#   ${SECRET}\n`,
  'a jinja template': `## template: jinja\n#cloud-config\n{% if a %}\nusers:\n  - {name: "{{ x }}", passwd: ${SECRET}}\n{% endif %}\n`,
  'a jinja template with a file': `## template: jinja\n#cloud-config\n{% set a = 1 %}\nwrite_files:\n- content: ${SECRET}\n  path: /etc/{{ x }}/token\n`,
  'YAML that is damaged': `a: [\npassword: ${SECRET}\n`,
  'an archive': `#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    #cloud-config\n    password: ${SECRET}\n`,
  'an archive with escapes': `#cloud-config-archive\n- content: "#cloud-config\\npassword: ${SECRET}\\n"\n`,
  'a document in a document': `write_files:\n- path: /x\n  content: |\n    a:\n      "pass\\u0077ord":\n        ${SECRET}\n`,
  'a token': `token: ${SECRET}\n`,
  'a token in camel case': `acl: {agentToken: ${SECRET}}\n`,
  'an API key': `api_key: ${SECRET}\n`,
  'a gossip key': `{"encrypt": "${SECRET}"}\n`,
  'a list of variables': `env:\n- name: DB_PASSWORD\n  value: ${SECRET}\n`,
  'a list of variables the other way round': `env:\n- value: ${SECRET}\n  name: DB_PASSWORD\n`,
  'the file of a token': `write_files:\n- path: /etc/consul.d/token\n  content: ${SECRET}\n`,
  'the file of a token, its path below': `write_files:\n- content: |\n    ${SECRET}\n  path: "/etc/consul.d/token"\n`,
  '.pgpass': `write_files:\n- {path: /root/.pgpass, content: "h:5432:d:u:${SECRET}"}\n`,
  'a private key': `key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  ${SECRET}\n  -----END RSA PRIVATE KEY-----\n`,
  'a private key in one line': `key: "-----BEGIN EC PRIVATE KEY-----\\n${SECRET}\\n-----END EC PRIVATE KEY-----\\n"\n`,
  'a private key without an end': `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n`,
  'a PGP key': `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${SECRET}\n-----END PGP PRIVATE KEY BLOCK-----\n`,
  'a certificate': `ca: |\n  -----BEGIN CERTIFICATE-----\n  ${SECRET}\n  -----END CERTIFICATE-----\n`,
  'the host keys of ssh': `ssh_keys:\n  rsa_private: |\n    ${SECRET}\n`,
  'a private key of WireGuard': `content: |\n  [Interface]\n  PrivateKey = ${SECRET}\n`,
  'a variable of a shell': `#!/bin/sh\nexport X_TOKEN=${SECRET}\n`,
  'a quoted variable': `DB_PASSWORD='a b ${SECRET}'\n`,
  'a variable of two lines': `DB_PASSWORD="a\n${SECRET}"\n`,
  'a variable that goes on in quotes': `DB_PASSWORD=a"b\n${SECRET}"\n`,
  'a variable behind a backslash': `DB_PASSWORD=\\\n${SECRET}\n`,
  'a variable with a default': `: "\${DB_PASSWORD:=${SECRET}}"\n`,
  'a variable from a here-document': `TOKEN=$(cat <<'EOF'\n${SECRET}\nEOF\n)\n`,
  'a here-document into a secret file': `cat > /root/.netrc <<EOF\nmachine a\n${SECRET}\nEOF\n`,
  'a here-document through tee': `sudo tee /etc/app/secret.conf <<-EOF\n\t${SECRET}\n\tEOF\n`,
  'a secret file': `echo ${SECRET} > /etc/consul.d/acl-token\n`,
  'chpasswd in a pipe': `echo "root:${SECRET}" | chpasswd\n`,
  'chpasswd in a pipe over lines': `echo "root:${SECRET}" |\n  sudo chpasswd\n`,
  'chpasswd behind a backslash': `printf '%s' 'root:${SECRET}' \\\n  | /usr/sbin/chpasswd -e\n`,
  'chpasswd from a here-document': `chpasswd <<EOF\nroot:${SECRET}\nEOF\n`,
  'chpasswd from a here-string': `runcmd:\n- chpasswd <<< root:${SECRET}\n`,
  'passwd --stdin': `echo ${SECRET} | passwd --stdin root\n`,
  'an option': `- consul --token ${SECRET}\n`,
  'an option with an equals sign': `- consul --token=${SECRET}\n`,
  'an option in a list': `runcmd:\n- [mysql, --password, ${SECRET}]\n`,
  'an option in a list with quotes': `runcmd:\n- ["mysql", "--password", "${SECRET}"]\n`,
  'an option in a list of lines': `runcmd:\n- - mysql\n  - --password\n  - ${SECRET}\n`,
  'an option in a folded text': `runcmd:\n- >\n  mysql --password\n  ${SECRET}\n`,
  'an option on the next line': `mysql --password \\\n  ${SECRET}\n`,
  'mysql -p': `mysql -uroot -p${SECRET} -e 'select 1'\n`,
  'sshpass -p': `sshpass -p ${SECRET} ssh a@b\n`,
  'sshpass in a list of lines': `runcmd:\n- - sshpass\n  - -p\n  - ${SECRET}\n`,
  'docker login -p': `docker login -u a -p ${SECRET} registry\n`,
  'redis-cli -a': `redis-cli -a ${SECRET} ping\n`,
  'curl -u': `curl -fsSL -u me:${SECRET} https://example.com/\n`,
  'usermod -p': `usermod -p '${SECRET}' root\n`,
  'mysqladmin password': `mysqladmin -u root password ${SECRET}\n`,
  debconf: `echo "mysql-server mysql-server/root_password password ${SECRET}" | debconf-set-selections\n`,
  '.netrc': `machine a login b password ${SECRET}\n`,
  'SQL IDENTIFIED BY': `mysql -e "CREATE USER a IDENTIFIED BY '${SECRET}'"\n`,
  'SQL WITH PASSWORD': `psql -c "ALTER USER a WITH PASSWORD '${SECRET}'"\n`,
  'aws configure': `aws configure set aws_secret_access_key ${SECRET}\n`,
  'pro attach': `pro attach ${SECRET}\n`,
  'an Authorization header': `curl -H "Authorization: Token ${SECRET}" https://example.com\n`,
  'a bearer': `wget --header='X: Bearer ${SECRET}' https://example.com\n`,
  'a password in a URL': `git clone https://me:${SECRET}@example.com/a.git\n`,
  'a password with signs in a URL': `- https://me:a/b@c:${SECRET}@example.com/a.git\n`,
  'a token in a URL': `git clone https://${SECRET}@example.com/a.git\n`,
  'a token in a query': `curl 'https://example.com/?a=1&access_token=${SECRET}&b=2'\n`,
  'a hash of crypt': `x: $6$abc$${SECRET}\n`,
  'an AWS key': `aws_access_key_id: AKIA${SECRET.toUpperCase()}\nx: "${SECRET}"\n`.replace(/\nx.*\n/, '\n'),
  'a token of GitHub': `run: ghp_${SECRET}${SECRET}\n`,
  'a JSON web token': `run: eyJ${SECRET}.${SECRET}.${SECRET}\n`,
  'base64 of a password': `write_files:\n- encoding: b64\n  content: ${base64(`password: ${SECRET}`)}\n`,
  'base64 of several lines': `- content: |\n${indented(wrapped(base64(`#!/bin/sh\necho a\necho b\nexport X_TOKEN=${SECRET}`)))}\n  encoding: b64\n`,
  'base64 of several full lines': `x: |\n${indented(wrapped(base64(`#!/bin/sh\nexport X_TOKEN=${SECRET.padEnd(64, 'x')}\n`), 4 * 8))}\nEOF\n`,
  'base64 of gzip': `content: !!binary ${base64(gzipSync(`password: ${SECRET}\n`))}\n`,
  'base64 in base64': `content: ${base64(`x: ${base64(`password: ${SECRET}`)}`)}\n`,
  'a password of HCL': `password = "${SECRET}"\n`,
  'a password of XML attributes': `<a password="${SECRET}"/>\n`,
  'a call': `set_password('${SECRET}')\n`,
}

for (const [what, document] of Object.entries(HIDDEN)) {
  test(`hides ${what}`, t => {
    const shown = masked(document)
    for (const secret of [SECRET, base64(SECRET).slice(0, 12), SECRET.toUpperCase()]) {
      t.false(shown.includes(secret), shown)
    }
    t.true(shown.includes(MASK), shown)
    t.is(shown.split('\n').length, document.split('\n').length)
    // The packed form is gone too.
    for (const packed of document.match(/[A-Za-z0-9+/]{40,}/g) ?? []) t.false(shown.includes(packed), shown)
  })
}

const SHOWN: readonly string[] = [
  '#cloud-config\npackages: [nginx]\nhostname: web\n',
  '# consul.hashicorp.com/connect-service: web\n# alpha.consul.hashicorp.com/acl-token-file: /etc/consul.d/token\n',
  'alpha.consul.hashicorp.com/acl-token-file: "/etc/consul.d/token"\n',
  '{"consul.hashicorp.com/service-meta-token": "a"}\n',
  'token_file: /etc/consul.d/token\nCONSUL_HTTP_TOKEN_FILE=/run/token\n--token-file /run/token\n',
  'private_key: /home/a/.ssh/id_rsa\n',
  'lock_passwd: true\nssh_pwauth: false\nchpasswd:\n  expire: false\n',
  'users:\n- name: a\n  lock_passwd: false # so that\n  sudo: "ALL=(ALL) NOPASSWD:ALL"\n',
  'ssh_authorized_keys:\n- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl a@b\n',
  "runcmd:\n- sed -i 's/PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config\n",
  '#!/bin/sh\nif [ -n "$TOKEN" ]; then echo "it is set"; fi\ngrep root /etc/passwd | cut -d: -f1\ncd "$PWD"\n',
  '# The password of it is kept elsewhere\necho done\n',
  'git clone ssh://git@github.com/a/b.git\ncurl http://example.com:8080/a@b\n',
  'curl -fsSL https://example.com/gpg | sudo gpg --dearmor -o /usr/share/keyrings/a.gpg\n',
  'write_files:\n- path: /etc/a.conf\n  content: |\n    a: 1\n- path: /usr/local/bin/renew-token\n  content: |\n    #!/bin/sh\n    echo\n',
  `content: ${base64('#!/bin/sh\necho nothing of interest here\n')}\n`,
  'x: {a: [1, 2.5, null, true], b: "c"}\n',
]

for (const document of SHOWN) {
  test(`shows ${JSON.stringify(document)}`, t => {
    t.is(masked(document), document)
  })
}

test('a mask tells nothing of what it hides: neither its length nor its form', t => {
  t.is(masked('password: a\n'), masked('password: "a very long one indeed"\n'))
  t.is(masked('password: a\n'), masked("password: 'b'   \n"))
})

test('what stands below a secret is shown again', t => {
  t.is(masked('a: 1\npassword: |\n  x\n  y\nb: 2\n'), `a: 1\npassword: |\n  ${MASK}\n  ${MASK}\nb: 2\n`)
  t.is(masked('X_TOKEN="a\nb"\necho c\n'), `X_TOKEN=${MASK}\n${MASK}\necho c\n`)
})

test('masking what is masked changes nothing', t => {
  for (const document of Object.values(HIDDEN)) t.is(masked(masked(document)), masked(document))
})

test('data is masked by names and by what its texts say', t => {
  const data = {
    token: 'a',
    acl_token_file: '/etc/token',
    meta: { note: 'password=a', n: 1 },
    list: ['b'],
    secrets: ['c'],
  }
  t.deepEqual(maskedData(data), {
    token: MASK,
    acl_token_file: '/etc/token',
    meta: { note: `password=${MASK}`, n: 1 },
    list: ['b'],
    secrets: [MASK],
  })
})

test('of the words of a command the one behind its option is masked', t => {
  t.deepEqual(maskedWords(['envoy', '--token', 'a', '--password=b', 'x']).slice(0, 4), [
    'envoy',
    '--token',
    MASK,
    `--password=${MASK}`,
  ])
  t.deepEqual(maskedWords(['consul', '-sidecar-for=web']), ['consul', '-sidecar-for=web'])
})

test('excerpts of diagnostics show no secret, and their places stay', t => {
  const source = sourceOf('password: hunter2\nx: y\n')
  const [clean] = maskedSources([
    diagnostic('E203', 'a', { span: spanOf(source, 18, 19), related: { message: 'b', span: spanOf(source, 0, 8) } }),
  ])
  t.is(clean?.span?.source.text, 'password: *******\nx: y\n')
  t.is(clean?.span?.start, 18)
  t.is(clean?.related?.span.source, clean?.span?.source)
})

test('any text has as many lines masked as it had before', t => {
  fc.assert(
    fc.property(fc.oneof(userData.map(text), fc.string({ unit: 'binary' })), given => {
      t.is(masked(given).split('\n').length, given.split('\n').length)
    }),
    { numRuns: 500 },
  )
})
