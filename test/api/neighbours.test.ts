import test from 'ava'
import { check } from '../../src/index.ts'
import { positionOf } from '../../src/report/source.ts'
import { bytes } from '../support/places.ts'

const HEAD = `#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: ci
# consul.hashicorp.com/connect-service-port: "8080"
# alpha.consul.hashicorp.com/retry-join: "-"
`
const OPEN = '# consul.hashicorp.com/transparent-proxy-exclude-inbound-ports: "8080"\n'

const said = (text: string, ...annotations: readonly string[]): readonly string[] =>
  check(bytes(text), { annotations })
    .diagnostics.filter(({ code }) => /^W30[78]$/.test(code))
    .map(({ code, span }) => `${code}${span === undefined ? '' : ` ${positionOf(span.source, span.start).line}`}`)

const DOCUMENTS: readonly (readonly [what: string, body: string, expected: readonly string[]])[] = [
  ['a package of Docker', 'packages: [docker.io]\n', ['W307 6']],
  ['a package with its version', 'packages:\n  - [docker-ce, "5:27"]\n', ['W307 7']],
  ['a package by its manager', 'packages:\n  - apt: [curl, podman]\n  - snap: [lxd]\n', ['W307 7', 'W307 8']],
  ['a command that installs', 'runcmd:\n  - apt-get install -y libvirt-daemon-system\n', ['W307 7']],
  ['a command in words', 'runcmd:\n  - [snap, install, lxd]\n', ['W307 7']],
  ['a script of k3s', 'runcmd:\n  - curl -sfL https://get.k3s.io | sh -\n', ['W307 7']],
  ['a container that is run', 'runcmd:\n  - docker run -d -p 8080:80 app\n', ['W307 7']],
  ['containerd', 'packages: [containerd]\n', ['W307 6']],
  ['ufw', 'packages: [ufw]\nruncmd:\n  - ufw allow 8080/tcp\n', ['W308 6']],
  ['ufw that opens the sidecar’s port', 'runcmd:\n  - ufw allow 20000/tcp\n  - ufw --force enable\n', []],
  ['firewalld', 'runcmd:\n  - firewall-cmd --permanent --add-service=http\n', ['W308 7']],
  ['rules of nftables', 'write_files:\n  - path: /etc/nftables.conf\n    content: x\n', ['W308 7']],
  [
    'a group, an image and a comment',
    'groups: [docker]\nusers:\n  - {name: a, groups: [lxd, ufw]}\n# podman run x\n',
    [],
  ],
  ['an image of a registry', 'runcmd:\n  - crane pull docker.io/library/app:1\n', []],
  ['nothing of the kind', 'packages: [nginx, wireguard]\n', []],
]
for (const [what, body, expected] of DOCUMENTS) {
  test(`software with networks or rules of its own is told of: ${what}`, t => {
    t.deepEqual(said(HEAD + body), expected)
  })
}

test('an agent beside bridges is to be told its address, unless somebody has', t => {
  const codes = (body: string, ...annotations: readonly string[]): readonly string[] =>
    check(bytes(`${HEAD}packages: [docker.io]\n${body}`), { annotations }).diagnostics.map(({ code }) => code)
  t.true(codes('').includes('W309'))
  t.false(codes('', 'alpha.consul.hashicorp.com/bind-addr=eth0').includes('W309'))
  t.false(codes('write_files: [{path: /etc/consul.d/a.hcl, content: \'bind_addr = "10.0.0.1"\'}]\n').includes('W309'))
})

test('it is told of in a script, too', t => {
  t.deepEqual(said(`${HEAD.replace('#cloud-config', '#!/bin/sh')}apt-get update\nyum -y install docker\n`), ['W307 7'])
})

test('whoever has said which ports are open, or redirects nothing, knows', t => {
  t.deepEqual(said(`${HEAD + OPEN}packages: [docker.io]\n`), [])
  t.deepEqual(said(`${HEAD}packages: [docker.io, ufw]\n`, 'transparent-proxy=false'), ['W308 6'])
})

test('the port of the sidecar is the one that is said', t => {
  const { diagnostics } = check(bytes(`${HEAD}packages: [ufw]\n`))
  const found = diagnostics.find(({ code }) => code === 'W308')
  t.is(found?.message, 'peers reach the service at its sidecar’s port 20000, which ufw may keep closed')
  t.is(found?.hint, 'open it: ufw allow 20000/tcp')
})
